/**
 * test/steps/refine/exactly-once: deliver and refine, crashed at every point of every commit.
 *
 * In: a short log with copies, products, a refused event and a record that spoils its batch.
 * Out: after each crash and a restart, the same rows as without a crash.
 * Invariant: each event once in landing and once in clean, and each dead letter once.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import type { Failpoint } from '../../../src/parts/lake/port.ts'
import type { StreamReader } from '../../../src/parts/stream/port.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { deliverOnce } from '../../../src/steps/deliver/deliver.ts'
import { openRefiner } from '../../../src/steps/refine/clickstreams.ts'
import { memoryStream } from '../../contract/memory/memory-stream.ts'
import { anEvent, aProduct } from '../../fixtures/records.ts'
import { openTestLake, rowsOf } from '../../fixtures/test-lake.ts'

const RECEIVED_AT = '2026-11-23T08:00:00.000Z'
const root = mkdtempSync(join(tmpdir(), 'hemline-once-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Two batches of at most 4 rows: copies of e1 lie in both. */
async function log(): Promise<StreamReader> {
  const { writer, reader } = memoryStream(manualClock(0))
  const events = (...ids: readonly string[]) => ({
    kind: 'events' as const,
    received_at: RECEIVED_AT,
    visitor_key: 'v1',
    events: ids.map((id, index) =>
      anEvent({
        event_id: id.replace('copy of ', ''),
        corrected_at: id === 'bad' ? 'never' : `2026-11-23T08:0${index}:00.000Z`,
      }),
    ),
  })
  await writer.append([
    { kind: 'products', received_at: RECEIVED_AT, products: [aProduct({ id: 'p1' })] },
    events('e1', 'e2'),
    events('bad'),
    { kind: 'quarantine', received_at: RECEIVED_AT, refused: [{ index: 0, code: 'X', message: 'x', body: '{}' }] },
    events('e3', 'e4'),
  ])
  const second = memoryStream(manualClock(0))
  await second.writer.append([events('e1', 'e5', 'e6')])
  return joined(reader(), second.reader())
}

/** Two logs one after the other, so that a copy can come although each log drops copies. */
function joined(first: StreamReader, second: StreamReader): StreamReader {
  const length = 5
  const shift = (by: number, text: string) => String(Number(text) + by).padStart(20, '0')
  return {
    ...first,
    async read(after, limit) {
      const at = Number(after?.sequence_number ?? 0)
      if (at < length) return first.read(after, limit)
      const read = await second.read(
        at === length ? null : { shard: '0', sequence_number: shift(-length, after?.sequence_number ?? '') },
        limit,
      )
      return read.map((stored) => ({
        ...stored,
        position: { shard: '0', sequence_number: shift(length, stored.position.sequence_number) },
      }))
    },
  }
}

/** Every third of the 38 points, since each costs a second; set it to 1 to take all, which passed when this was written. */
const STRIDE = 3
const settings = { timeZone: 'UTC', memoryLimit: '256MB', threads: 1 }
const limits = { maxRows: 4, maxBytes: 1_000_000 }

async function runAll(lake: Lake, folder: string, reader: StreamReader): Promise<void> {
  const refiner = await openRefiner({ lake, ...settings })
  try {
    for (let isBehind = true; isBehind;) {
      const delivery = await deliverOnce({ lake, reader, folder, limits })
      const refinement = await refiner.once()
      isBehind = delivery.isBehind || refinement.isBehind
    }
  } finally {
    refiner.close()
  }
}

async function outcome(lake: Lake): Promise<unknown[][]> {
  return rowsOf(
    lake,
    `SELECT 'landing', event_id, sequence_number, record_index::VARCHAR FROM landing.clickstreams
     UNION ALL SELECT 'products', product_id, sequence_number, '' FROM landing.product_changes
     UNION ALL SELECT 'quarantine', reason, sequence_number, '' FROM landing.quarantine
     UNION ALL SELECT 'clean', event_id, session_id, base_colour FROM clean.clickstreams ORDER BY ALL`,
  )
}

test('a crash at any point of any commit leaves each event once in landing and in clean', async () => {
  const reader = await log()
  const empty = join(root, 'empty')
  ;(await openTestLake(join(empty, 'lake'))).close()
  let points = 0
  const calm = await openTestLake(join(root, 'calm'), () => void points++)
  await runAll(calm, root, reader)
  const expected = await outcome(calm)
  calm.close()
  const counts = Map.groupBy(expected, ([table]) => table as string)
  expect(['landing', 'products', 'quarantine', 'clean'].map((table) => counts.get(table)?.length)).toEqual([7, 1, 2, 6])
  expect(counts.get('clean')?.map((row) => row.slice(1))).toEqual(
    ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'].map((id) => [id, 'v1@2026-11-23T08:00:00Z', 'Red']),
  )
  expect(points).toBeGreaterThan(30)
  for (let crashAt = 1; crashAt <= points; crashAt += STRIDE) {
    const folder = join(root, `crash-${crashAt}`)
    cpSync(empty, folder, { recursive: true })
    let passed = 0
    const crash: Failpoint = (name) => {
      if (++passed === crashAt) throw new Error(`crash at ${name}`)
    }
    const crashing = await openTestLake(join(folder, 'lake'), crash)
    await expect(runAll(crashing, folder, reader)).rejects.toThrow('crash at')
    crashing.close()
    const restarted = await openTestLake(join(folder, 'lake'))
    await runAll(restarted, folder, reader)
    expect([crashAt, ...(await outcome(restarted))]).toEqual([crashAt, ...expected])
    restarted.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('refine takes whole records up to its bound, and the same rows come of it', async () => {
  const reader = await log()
  const folder = join(root, 'bounded')
  const lake = await openTestLake(join(folder, 'lake'))
  while ((await deliverOnce({ lake, reader, folder })).isBehind);
  const refiner = await openRefiner({ lake, ...settings, maxRows: 2 })
  let runs = 0
  for (let isBehind = true; isBehind; runs++) isBehind = (await refiner.once()).isBehind
  refiner.close()
  expect(runs).toBe(3)
  const clean = (await outcome(lake)).filter(([table]) => table === 'clean')
  expect(clean.map(([, id]) => id)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5', 'e6'])
  lake.close()
})
