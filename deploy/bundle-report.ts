/**
 * deploy/bundle-report: how large each function is and how long it takes to load.
 *
 * In: the handlers; `npm run bundle-report`.
 * Out: a table on standard output. Times are of this machine, in a process of their own, the median of five.
 * Invariant: a function that only reads its list of modules is measured; nothing of AWS is called.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleHandlers, usesDuckdb, type Bundle } from './bundle.ts'

const RUNS = 5
const LOAD =
  'const t = performance.now(); await import(process.argv[1]); process.stdout.write(String(performance.now() - t))'

const folder = mkdtempSync(join(tmpdir(), 'hemline-bundles-'))
try {
  const bundles = await bundleHandlers(folder)
  print(['function', 'minified kB', 'gzip kB', 'import ms', ''])
  for (const bundle of bundles) print(rowOf(bundle))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function rowOf({ name, file, bytes }: Bundle): string[] {
  const gzipBytes = gzipSync(readFileSync(file)).length
  return [name, kilobytes(bytes), kilobytes(gzipBytes), importMs(file).toFixed(0), usesDuckdb(name) ? '+ DuckDB' : '']
}

function importMs(file: string): number {
  const times = Array.from({ length: RUNS }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '--eval', LOAD, file], { encoding: 'utf8' })),
  )
  return times.sort((left, right) => left - right)[Math.floor(RUNS / 2)]
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0)
}

function print(cells: readonly string[]): void {
  const [name, ...rest] = cells
  console.log([name.padEnd(10), ...rest.map((cell) => cell.padStart(12))].join('').trimEnd())
}
