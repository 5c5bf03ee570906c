/**
 * evaluate/format-evaluation: a report as tables for people.
 *
 * In: the report of `evaluate`.
 * Out: text, one line a contender, the figures aligned.
 * Invariant: says which protocol was run and on how many pairs.
 */
import type { EvaluationReport } from './evaluate.ts'
import type { Figures, RankFigures } from './figures.ts'

export const TITLES = {
  static: 'static (learned from train, then frozen)',
  live: 'live (each event predicted, then learned from)',
} as const
const NAME_WIDTH = 20
const COLUMN_WIDTH = 9

type Rows = readonly (readonly [string, Figures])[]

export function formatEvaluation(report: EvaluationReport): string {
  return (['static', 'live'] as const)
    .flatMap((protocol) => {
      const rows = Object.entries(report[protocol] ?? {})
      return rows.length === 0 ? [] : blocksOf(TITLES[protocol], rows)
    })
    .join('\n\n')
}

function blocksOf(title: string, rows: Rows): string[] {
  const blocks = [
    table(`${title}, ${rows[0][1].pairs} pairs`, NEXT_COLUMNS, rows, nextCells),
    table('the lists', LIST_COLUMNS, rows, listCells),
  ]
  for (const [key, name] of [
    ['cart', 'what goes into the cart'],
    ['purchase', 'what is bought'],
  ] as const) {
    const pairs = rows[0][1][key]?.justBefore.pairs
    if (pairs === undefined) continue
    blocks.push(table(`${name}, ${pairs} times`, ACT_COLUMNS, rows, (row) => actCells(row, key)))
  }
  blocks.push(groups('P@20 % by clicks of the session so far', rows, 'afterClicks'))
  blocks.push(groups('P@20 % by clicks the next product has had', rows, 'nextHadClicks'))
  return blocks
}

const NEXT_COLUMNS = ['P@20 %', 'MRR@20 %', 'hit@5 %', 'p50 ms', 'p99 ms', 'µs/event']
const LIST_COLUMNS = ['coverage', 'overlap', 'novelty', 'new %']
const ACT_COLUMNS = ['P@20 %', 'MRR@20 %', 'unseen: P', 'MRR']

function table(title: string, columns: readonly string[], rows: Rows, cells: (row: Figures) => string[]): string {
  return [title, line('', columns), ...rows.map(([name, row]) => line(name, cells(row)))].join('\n')
}

function nextCells({ p20, mrr20, hit5, p50Ms, p99Ms, ingestUs }: Figures): string[] {
  return [p20.toFixed(2), mrr20.toFixed(2), hit5.toFixed(2), p50Ms.toFixed(3), p99Ms.toFixed(3), ingestUs.toFixed(1)]
}

function listCells({ coverage, overlap, novelty, newShare }: Figures): string[] {
  return [coverage, overlap, novelty, newShare].map((value) => value.toFixed(2))
}

function actCells(row: Figures, act: 'cart' | 'purchase'): string[] {
  const figures = row[act]
  if (figures === undefined) return []
  const { justBefore, beforeFirstSeen } = figures
  return [justBefore.p20, justBefore.mrr20, beforeFirstSeen.p20, beforeFirstSeen.mrr20].map((value) => value.toFixed(2))
}

function groups(title: string, rows: Rows, key: 'afterClicks' | 'nextHadClicks'): string {
  const names = Object.keys(rows[0]?.[1][key] ?? {})
  const cell = (figures: RankFigures | undefined): string => figures?.p20.toFixed(2) ?? '-'
  const pairs = names.map((name) => String(rows[0]?.[1][key][name]?.pairs ?? 0))
  return [table(title, names, rows, (row) => names.map((name) => cell(row[key][name]))), line('pairs', pairs)].join(
    '\n',
  )
}

function line(name: string, columns: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + columns.map((column) => column.padStart(COLUMN_WIDTH)).join('')
}
