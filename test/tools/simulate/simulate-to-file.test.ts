import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { simulateToFile } from '../../../src/tools/simulate/simulate-to-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'hemline-simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const options = { seed: 3, nowMs: Date.parse('2026-11-23T10:15:00Z'), timeZone: 'Asia/Ho_Chi_Minh' }
const write = async (name: string, events: number) => {
  const path = join(folder, name)
  const done: number[] = []
  const count = await simulateToFile({ ...options, path, events, onProgress: (progress) => done.push(progress.done) })
  return { count, done, bytes: readFileSync(path) }
}

test.each([1, 100, 3000])('writes %i events, one JSON object a line', async (events) => {
  const { count, done, bytes } = await write(`${events}.ndjson`, events)
  const lines = bytes.toString().trimEnd().split('\n')
  expect([count, done.at(-1), lines.length]).toEqual([events, events, events])
  expect(lines.every((line) => typeof JSON.parse(line).event_type === 'string')).toBe(true)
})

test('the same seed gives the same bytes, zipped or not', async () => {
  const plain = await write('a.ndjson', 2500)
  const zipped = await write('b.ndjson.gz', 2500)
  expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true)
})

test('refuses what it cannot do', async () => {
  await expect(write('none.ndjson', 0)).rejects.toThrow('HEM_CONFIG_INVALID')
  await expect(write('missing/folder.ndjson', 10)).rejects.toThrow('HEM_FILE_UNWRITABLE')
})
