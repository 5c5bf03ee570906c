/**
 * deploy/test/bundle: the functions as they would be uploaded.
 *
 * In: every handler, bundled by esbuild on this machine.
 * Out: their sizes, and that each can be loaded from its folder alone.
 * Invariant: nothing of AWS is called; loading a bundle opens nothing.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleHandlers, usesDuckdb, type Bundle } from '../bundle.ts'
import { HANDLER_NAMES } from '../handlers.ts'

const BYTES_MAX = 1_000_000
const EXPORTS = `const exported = {}
for (const file of process.argv.slice(1)) exported[file] = typeof (await import(file)).handler
process.stdout.write(JSON.stringify(exported))
process.exit()`

const folder = mkdtempSync(join(tmpdir(), 'hemline-bundles-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let bundles: readonly Bundle[] = []
/** A machine that does much else takes its time. */
const PATIENCE_MS = 240_000
beforeAll(async () => {
  bundles = await bundleHandlers(folder)
}, PATIENCE_MS)

const missing =
  process.platform === 'linux' && process.arch === 'x64' ? null : ' (skipped: needs Linux on x86_64, as Lambda has)'

test('every handler of the list is bundled', () => {
  expect(bundles.map(({ name }) => name).toSorted()).toEqual([...HANDLER_NAMES].toSorted())
})

test('none is larger than a megabyte, but for the library of DuckDB beside it', () => {
  const sizes = Object.fromEntries(bundles.map(({ name, bytes }) => [name, bytes]))
  expect(Object.entries(sizes).filter(([, bytes]) => bytes > BYTES_MAX)).toEqual([])
})

test('only those that are meant to open DuckDB ask for it', () => {
  for (const { name, file } of bundles) {
    expect(readFileSync(file, 'utf8').includes('@duckdb/node-api'), name).toBe(usesDuckdb(name))
  }
})

const loads = `each is loaded from its own folder and exports a handler${missing ?? ''}`
test.skipIf(missing !== null)(loads, { timeout: PATIENCE_MS }, () => {
  const files = bundles.map(({ file }) => file)
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', EXPORTS, ...files], {
    encoding: 'utf8',
    cwd: folder,
  })
  expect(JSON.parse(text)).toEqual(Object.fromEntries(files.map((file) => [file, 'function'])))
})

test('what a step reads from beside itself lies beside its bundle', () => {
  const refine = bundles.find(({ name }) => name === 'refine')
  for (const read of ['refine/clickstreams.sql', 'extract/clean-orders.sql', 'report/marts/sales_daily.sql']) {
    expect(existsSync(join(dirname(refine?.file ?? ''), 'src/steps', read)), read).toBe(true)
  }
})
