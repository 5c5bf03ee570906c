/**
 * test/steps/deliver/land-objects: files that a service laid down come into the landing zone once.
 *
 * In: records as lines in files; a real lake, a file store in memory.
 * Out: rows, checkpoints, what is left of the files.
 * Invariant: nothing is faked but the moment of a crash.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import type { FileStore } from '../../../src/parts/lake/port.ts'
import { encodeRecord } from '../../../src/parts/stream/codec.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { deliveredLines } from '../../../src/steps/deliver/delivered-lines.ts'
import { landObjects } from '../../../src/steps/deliver/land-objects.ts'
import { openMemoryLake, type MemoryLake } from '../../contract/memory/memory-lake.ts'
import { anEvent, aProduct } from '../../fixtures/records.ts'
import { openTestLake, rowsOf } from '../../fixtures/test-lake.ts'

const AT = '2026-11-23T08:00:00.000Z'
const clock = manualClock(Date.parse(AT))
let folder: string
let lake: Lake
let bucket: MemoryLake

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-land-'))
  lake = await openTestLake(join(folder, 'lake'))
  bucket = openMemoryLake(clock)
})
afterEach(() => {
  lake.close()
  bucket.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const land = (objects: FileStore = bucket.files) =>
  landObjects({ lake, objects, objectsFolder: 'in', plans: bucket.files, plansFolder: 'plans', clock, folder })

const events = (...ids: readonly string[]): StreamRecord => ({
  kind: 'events',
  received_at: AT,
  visitor_key: 'v1',
  events: ids.map((id) => anEvent({ event_id: id, properties: { said: '","shard":"x"}' } })),
})

let sequence = 0
const linesOf = (record: StreamRecord): string =>
  deliveredLines({
    bytes: encodeRecord(record),
    position: { shard: 'shardId-1', sequence_number: String(++sequence).padStart(56, '0') },
    arrivedMs: clock.nowMs(),
  })
const lay = (name: string, ...lines: readonly string[]) => bucket.files.write(`in/${name}`, gzipSync(lines.join('')))

const CLICKS =
  'SELECT event_id, shard, sequence_number, record_index, properties FROM landing.clickstreams ORDER BY 3, 4'

test('lands events, products and refusals in their tables, numbered as they land', async () => {
  await lay(
    'a',
    linesOf({ kind: 'products', received_at: AT, products: [aProduct({ id: 'p1' })] }),
    linesOf(events('e1', 'e2')),
    linesOf({
      kind: 'quarantine',
      received_at: AT,
      refused: [{ index: 0, code: 'HEM_EVENT_INVALID', message: 'm', body: 'b' }],
    }),
  )
  await lay('b', linesOf(events('e3')))
  expect(await land()).toEqual({ files: 2, events: 3, deadLettered: 0, isBehind: false })
  const properties = JSON.stringify({ said: '","shard":"x"}' })
  expect(await rowsOf(lake, CLICKS)).toEqual([
    ['e1', 'landing', '00000000000000000002', 0, properties],
    ['e2', 'landing', '00000000000000000002', 1, properties],
    ['e3', 'landing', '00000000000000000004', 0, properties],
  ])
  expect(await rowsOf(lake, 'SELECT product_id, sequence_number FROM landing.product_changes')).toEqual([
    ['p1', '00000000000000000001'],
  ])
  expect(await rowsOf(lake, 'SELECT reason, body FROM landing.quarantine')).toEqual([['refused', 'b']])
  expect(await bucket.files.list('in')).toEqual([])
  expect(await land()).toMatchObject({ files: 0, events: 0 })
})

test('goes on where it ended: after the plan, between two tables, before the files were removed', async () => {
  await lay('a', linesOf({ kind: 'products', received_at: AT, products: [aProduct({})] }), linesOf(events('e1')))
  const dying: FileStore = { ...bucket.files, delete: () => Promise.reject(new Error('died')) }
  await expect(land(dying)).rejects.toThrow('died')
  await lay('b', linesOf(events('e2')))
  // Removes what was landed, then plans what is new.
  expect(await land()).toMatchObject({ files: 1, events: 1 })
  expect((await rowsOf(lake, CLICKS)).map(([id]) => id)).toEqual(['e1', 'e2'])
  await lay('c', linesOf(events('e3')))
  const unread: FileStore = { ...bucket.files, read: () => Promise.reject(new Error('died')) }
  await expect(land(unread)).rejects.toThrow('died')
  expect(await land()).toMatchObject({ files: 1, events: 1 })
  expect(await rowsOf(lake, 'SELECT count(*) FROM landing.product_changes')).toEqual([['1']])
})

test('of two at once one lands a file, and the other changes nothing', async () => {
  await lay('a', linesOf(events('e1')), linesOf(events('e2')))
  await Promise.allSettled([land(), land(), land()])
  await land()
  expect((await rowsOf(lake, CLICKS)).map(([id]) => id)).toEqual(['e1', 'e2'])
  expect(await bucket.files.list('in')).toEqual([])
})

test('a record or a line that nobody can read becomes a dead letter, and those around it land', async () => {
  const broken = deliveredLines({
    bytes: Buffer.from('no record'),
    position: { shard: 'shardId-1', sequence_number: '9' },
    arrivedMs: clock.nowMs(),
  })
  await lay('a', linesOf(events('e1')), broken, 'not ours\n', linesOf(events('e2')))
  await land()
  expect((await rowsOf(lake, CLICKS)).map(([id]) => id)).toEqual(['e1', 'e2'])
  const letters = await rowsOf(lake, 'SELECT code, body FROM landing.quarantine ORDER BY sequence_number')
  expect(letters).toEqual([
    ['HEM_STREAM_RECORD_CORRUPT', JSON.stringify({ base64: Buffer.from('no record').toString('base64') })],
    ['HEM_STREAM_RECORD_CORRUPT', JSON.stringify({ base64: Buffer.from('not ours').toString('base64') })],
  ])
})
