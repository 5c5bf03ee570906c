/**
 * result-line: one JSON line a measurement, with the machine it was made on.
 *
 * In: figures.
 * Out: a line on standard output and, when asked, in bench/results/<date>-<bench>.jsonl.
 * Invariant: no figure stands without its machine, Node and commit.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'

export function machine(): Record<string, string> {
  const model = cpus()[0]?.model.trim() ?? 'unknown'
  return {
    node: process.versions.node,
    cpu: `${availableParallelism()} vCPU ${model}`,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    commit: commit(),
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

/** @param share 0 to 1; nearest rank */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export function report(line: Readonly<Record<string, unknown>> & { readonly bench: string }, write: boolean): void {
  const text = JSON.stringify(line, (_, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(3)) : value,
  )
  process.stdout.write(`${text}\n`)
  if (!write) return
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  appendFileSync(join(folder, `${new Date().toISOString().slice(0, 10)}-${line.bench}.jsonl`), `${text}\n`)
}
