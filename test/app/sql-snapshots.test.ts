/**
 * test/app/sql-snapshots: a question sees every acknowledged event once, whatever the lake is doing.
 *
 * In: the real stream, lake and query process in a temporary folder.
 * Out: counts in landing and clean, before, during and after deliveries.
 * Invariant: no gap and no copy while deliveries and compaction run.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataPaths } from '../../src/app/data-folder.ts'
import { openFolderLake } from '../../src/app/lake-access.ts'
import { startSqlRunner } from '../../src/app/sql-pool.ts'
import { openSqlSnapshots } from '../../src/app/sql-snapshots.ts'
import type { SqlSnapshots } from '../../src/app/sql-snapshots.ts'
import type { Lake } from '../../src/parts/lake/lake.ts'
import type { SqlRunner } from '../../src/parts/sql/port.ts'
import type { StreamReader } from '../../src/parts/stream/port.ts'
import { deliverOnce } from '../../src/steps/deliver/deliver.ts'
import { openRefiner } from '../../src/steps/refine/clickstreams.ts'
import type { Refiner } from '../../src/steps/refine/clickstreams.ts'
import { openStreamReader } from '../../src/wings/embedded/stream/lmdb-reader.ts'
import { openStreamWriter } from '../../src/wings/embedded/stream/lmdb-writer.ts'
import type { EmbeddedStreamWriter } from '../../src/wings/embedded/stream/lmdb-writer.ts'
import { anEvent, aProduct } from '../fixtures/records.ts'

const paths = dataPaths(mkdtempSync(join(tmpdir(), 'hemline-snapshots-')))
const clock = { nowMs: () => Date.now() }
/** Compacts at two files already, and keeps old ones as long as the server does. */
const UPKEEP = {
  keepSnapshots: 10,
  keepSnapshotsMs: 3_600_000,
  keepHourlyMs: 86_400_000,
  orphanAgeMs: 86_400_000,
  compactFiles: 2,
  smallFileBytes: 32e6,
}
let writer: EmbeddedStreamWriter
let reader: StreamReader
let lake: Lake
let refiner: Refiner
let snapshots: SqlSnapshots
let runner: SqlRunner
const faults: string[] = []

beforeAll(async () => {
  mkdirSync(paths.work)
  writer = await openStreamWriter({ folder: paths.stream, clock, randomBytes })
  reader = openStreamReader({ folder: paths.stream, doorbell: writer.doorbell.memory })
  lake = await openFolderLake(paths, { clock, memoryLimit: '256MB', threads: 1 })
  await lake.ensureTables()
  refiner = await openRefiner({ lake, timeZone: 'Asia/Ho_Chi_Minh' })
  snapshots = openSqlSnapshots({ paths, doorbell: writer.doorbell.memory, clock, timeZone: 'Asia/Ho_Chi_Minh' })
  runner = startSqlRunner({ snapshotsFor: snapshots.forProcess, onFault: (message) => void faults.push(message) })
})

afterAll(async () => {
  await runner.close()
  await snapshots.close()
  refiner.close()
  lake.close()
  await reader.close()
  await writer.close()
  rmSync(paths.root, { recursive: true, force: true })
})

async function send(count: number): Promise<void> {
  const events = Array.from({ length: count }, () => anEvent({ event_id: randomUUID() }))
  await writer.append([{ kind: 'events', received_at: '2026-11-23T08:00:00.000Z', visitor_key: 'v1', events }])
}

async function counts(zone: string): Promise<unknown> {
  const sql = `SELECT count(*), count(DISTINCT event_id), count(session_id_or_null) FROM (
    SELECT event_id, ${zone === 'clean' ? 'session_id' : 'event_id'} AS session_id_or_null FROM ${zone}.clickstreams)`
  return (await runner.run(sql)).rows[0]
}

test('an event shows in landing and clean as soon as it is acknowledged, and once after it is delivered', async () => {
  await writer.append([{ kind: 'products', received_at: '2026-11-23T07:00:00.000Z', products: [aProduct({})] }])
  await send(1)
  expect([await counts('landing'), await counts('clean')]).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ])
  await deliverOnce({ lake, reader, folder: paths.work })
  await send(1)
  expect([await counts('landing'), await counts('clean')]).toEqual([
    [2, 2, 2],
    [2, 2, 2],
  ])
  await refiner.once()
  expect(await counts('clean')).toEqual([2, 2, 2])
  const { rows } = await runner.run('SELECT shop_date, session_id, base_colour FROM clean.clickstreams LIMIT 1')
  expect(rows).toEqual([['2026-11-23', 'v1@2026-11-23T08:00:00Z', 'Red']])
})

test('no question of any process sees a gap or a copy while deliveries, refining and compaction run', async () => {
  let sent = 2
  const stop = new AbortController()
  const deliveries = (async () => {
    while (!stop.signal.aborted) {
      await deliverOnce({ lake, reader, folder: paths.work })
      await refiner.once()
      await lake.maintain(UPKEEP)
    }
  })()
  try {
    for (let question = 0; question < 4; question++) {
      await send(5)
      sent += 5
      const seen = await Promise.all(['landing', 'clean', 'clean'].map(counts))
      expect(seen).toEqual(Array.from({ length: 3 }, () => [sent, sent, sent]))
    }
  } finally {
    stop.abort()
    await deliveries
  }
  expect(faults).toEqual([])
})
