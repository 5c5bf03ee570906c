/**
 * evaluate/format-evaluation: a report as a table for people.
 *
 * In: the report of `evaluate`.
 * Out: text, one line a contender, the figures aligned.
 * Invariant: says which protocol was run and on how many pairs.
 */
import type { EvaluationReport } from './evaluate.ts'
import type { Figures } from './figures.ts'

const TITLES = {
  static: 'static (learned from train, then frozen)',
  live: 'live (each test event predicted, then learned from)',
} as const
const NAME_WIDTH = 20
const COLUMN_WIDTH = 9

export function formatEvaluation(report: EvaluationReport): string {
  const blocks: string[] = []
  for (const protocol of ['static', 'live'] as const) {
    const figures = report[protocol]
    if (figures === undefined) continue
    const rows = Object.entries(figures)
    const pairs = rows[0]?.[1].pairs ?? 0
    blocks.push(
      [
        `${TITLES[protocol]}, ${pairs} pairs`,
        line('', ['P@20 %', 'MRR@20 %', 'hit@5 %', 'p50 ms', 'p99 ms', 'µs/event']),
        ...rows.map(([name, row]) => line(name, cells(row))),
      ].join('\n'),
    )
  }
  return blocks.join('\n\n')
}

function cells(figures: Figures): string[] {
  const { p20, mrr20, hit5, p50Ms, p99Ms, ingestUs } = figures
  return [p20.toFixed(2), mrr20.toFixed(2), hit5.toFixed(2), p50Ms.toFixed(3), p99Ms.toFixed(3), ingestUs.toFixed(1)]
}

function line(name: string, columns: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + columns.map((column) => column.padStart(COLUMN_WIDTH)).join('')
}
