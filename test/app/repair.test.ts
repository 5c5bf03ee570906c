/**
 * test/app/repair: whatever is damaged is found, and is good again after a repair.
 *
 * In: a lake filled from a stream, and bytes of it altered, cut off or removed.
 * Out: findings; after the repair, the rows as they were.
 * Invariant: a repair loses no row that the stream or landing still holds.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyReport } from '../../src/app/verify-report.ts'
import { repairLake, verifyLake, type RepairContext } from '../../src/app/workers/repair.ts'
import type { Lake } from '../../src/parts/lake/lake.ts'
import { currentSnapshot } from '../../src/parts/lake/metadata.ts'
import { discardUnreadable } from '../../src/parts/lake/reset.ts'
import { manualClock } from '../../src/std/clock.ts'
import { deliverOnce } from '../../src/steps/deliver/deliver.ts'
import { openRefiner } from '../../src/steps/refine/clickstreams.ts'
import { openFolderCatalogue } from '../../src/wings/embedded/lake/table-catalogue.ts'
import { memoryStream } from '../contract/memory/memory-stream.ts'
import { anEvent, aProduct } from '../fixtures/records.ts'
import { openTestLake, rowsOf } from '../fixtures/test-lake.ts'

const RECEIVED_AT = '2026-11-23T08:00:00.000Z'
const LEDGER = { received: 3, accepted: 3, duplicates: 0, rejected: 0, products: 1 }
let folder: string
let lake: Lake
let context: RepairContext
let deliver: () => Promise<void>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-repair-'))
  lake = await openTestLake(join(folder, 'lake'))
  const { writer, reader: open } = memoryStream(manualClock(0))
  const reader = open()
  const refiner = await openRefiner({ lake, timeZone: 'UTC' })
  deliver = async () => {
    await deliverOnce({ lake, reader, folder })
    await refiner.once()
  }
  context = { lake, reader, refiner, folder, onProgress: () => {}, deliver }
  const events = (...ids: readonly string[]) => ({
    kind: 'events' as const,
    received_at: RECEIVED_AT,
    visitor_key: 'v1',
    events: ids.map((id) => anEvent({ event_id: id })),
  })
  await writer.append([{ kind: 'products', received_at: RECEIVED_AT, products: [aProduct({ id: 'p1' })] }])
  await writer.append([events('e1', 'e2')])
  await writer.append([
    { kind: 'quarantine', received_at: RECEIVED_AT, refused: [{ index: 0, code: 'X', message: 'x', body: '{}' }] },
  ])
  await deliver()
  await writer.append([events('e3')])
  await deliver()
  await writer.append([events('e4')])
})
afterEach(() => {
  context.refiner.close()
  lake.close()
  rmSync(folder, { recursive: true, force: true })
})

const rows = () =>
  rowsOf(
    lake,
    `SELECT 'landing', event_id, sequence_number FROM landing.clickstreams
     UNION ALL SELECT 'product', product_id, sequence_number FROM landing.product_changes
     UNION ALL SELECT 'refused', body, sequence_number FROM landing.quarantine
     UNION ALL SELECT 'clean', event_id, session_id FROM clean.clickstreams ORDER BY ALL`,
  )
const report = async () => verifyReport({ ...(await verifyLake(context)), ledger: LEDGER })

function flipBit(path: string): void {
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1] ^= 1
  writeFileSync(path, bytes)
}

async function manifestListOf(table: string): Promise<string> {
  return currentSnapshot((await lake.table(table)).metadata)?.['manifest-list'] ?? ''
}

test('a healthy lake is sound, and every event is accounted for', async () => {
  const { isSound, balance, lines } = await report()
  expect(lines.at(-1)).toBe('✓ all is as it was written')
  expect(isSound).toBe(true)
  expect(balance).toEqual({
    accepted: 4,
    landed: 3,
    deadLettered: 0,
    erased: 0,
    pending: 1,
    refused: 1,
    quarantined: 1,
    notCleaned: 0,
  })
})

test.each(['landing.clickstreams', 'landing.product_changes', 'landing.quarantine', 'clean.clickstreams'])(
  'a flipped bit in a file of %s is found and made good',
  async (table) => {
    const before = await rows()
    flipBit((await lake.snapshotFiles(table)).localPaths[0] ?? '')
    expect((await report()).lines).toContain('  → hemline repair')
    expect(await repairLake(context)).toMatchObject({ nights: null, done: [expect.stringContaining(table)] })
    expect(await rows()).toEqual(before)
    expect((await report()).isSound).toBe(true)
  },
)

test.each(['clean.clickstreams'])('a lost file of %s is found and made good', async (table) => {
  const before = await rows()
  rmSync((await lake.snapshotFiles(table)).localPaths[0] ?? '')
  expect((await report()).isSound).toBe(false)
  await repairLake(context)
  expect(await rows()).toEqual(before)
})

test.each(['landing.clickstreams', 'landing.product_changes'])(
  'an unreadable manifest list of %s is found and made good',
  async (table) => {
    await deliver()
    const before = await rows()
    writeFileSync(await manifestListOf(table), 'torn')
    lake.close()
    lake = await openTestLake(join(folder, 'lake'))
    const refiner = await openRefiner({ lake, timeZone: 'UTC' })
    const again = async () => {
      await deliverOnce({ lake, reader: context.reader, folder })
      await refiner.once()
    }
    context.refiner.close()
    context = { ...context, lake, refiner, deliver: again }
    expect((await report()).tables.flatMap((one) => one.damages)).toMatchObject([{ table, part: 'manifest' }])
    await repairLake(context)
    expect(await rows()).toEqual(before)
    expect((await report()).isSound).toBe(true)
  },
)

test('an unreadable newest version of metadata is set aside, and what it held is delivered again', async () => {
  const before = await rows()
  const { metadataLocation } = await lake.table('landing.clickstreams')
  writeFileSync(metadataLocation, readFileSync(metadataLocation).subarray(0, 100))
  expect((await report()).tables.flatMap((one) => one.damages)).toMatchObject([{ part: 'metadata' }])
  const catalogue = openFolderCatalogue(join(folder, 'lake'))
  expect(await discardUnreadable(catalogue, { namespace: 'landing', table: 'clickstreams' })).toBe(1)
  await deliver()
  expect((await rows()).filter(([zone]) => zone === 'landing').length).toBe(4)
  expect((await rows()).slice(0, 3)).toEqual(before.slice(0, 3))
  expect((await report()).isSound).toBe(true)
})

test('damage that only older snapshots would see goes with them', async () => {
  const before = await rows()
  const [old] = (await lake.snapshotFiles('landing.quarantine')).localPaths
  await lake.replace('landing.quarantine', 'all', { rows: [{ body: '{}', sequence_number: '1' }] })
  const after = await rows()
  expect(after).not.toEqual(before)
  flipBit(old ?? '')
  expect((await report()).lines.join('\n')).toContain('only older snapshots need it')
  expect((await repairLake(context)).done).toEqual([expect.stringContaining('older snapshots forgotten')])
  expect(await rows()).toEqual(after)
})
