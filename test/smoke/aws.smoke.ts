/**
 * test/smoke/aws: the contract suites against an account, or what stands in for one.
 *
 * In: HEMLINE_SMOKE, the place as JSON; set by test/smoke/run.ts.
 * Out: the suites' cases.
 * Invariant: the cases are those that the fakes pass; nothing here is made for one of them.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe } from 'vitest'
import type { FileStore } from '../../src/parts/lake/port.ts'
import type { SqlRunner } from '../../src/parts/sql/port.ts'
import type { StreamReader } from '../../src/parts/stream/port.ts'
import { manualClock } from '../../src/std/clock.ts'
import { openS3FileStore } from '../../src/wings/aws/lake/file-store.ts'
import { openGlueCatalogue } from '../../src/wings/aws/lake/table-catalogue.ts'
import { openS3ModelImages } from '../../src/wings/aws/model/image-store.ts'
import { openDynamoShelf } from '../../src/wings/aws/serving/dynamo-shelf.ts'
import { openDynamoVisitors } from '../../src/wings/aws/serving/dynamo-visitors.ts'
import { openS3Published } from '../../src/wings/aws/serving/s3-published.ts'
import { openAthenaRunner } from '../../src/wings/aws/sql/athena-runner.ts'
import { openKinesisReader } from '../../src/wings/aws/stream/kinesis-reader.ts'
import { openKinesisWriter } from '../../src/wings/aws/stream/kinesis-writer.ts'
import { throughMemory } from '../contract/aws/through-memory.ts'
import { fileStoreContract } from '../contract/file-store.contract.ts'
import { modelImageContract, sharedImageContract } from '../contract/model-image.contract.ts'
import { SALES_ROWS, sqlContract } from '../contract/sql.contract.ts'
import { publishedContract } from '../contract/published.contract.ts'
import { servingContract } from '../contract/serving.contract.ts'
import { streamContract } from '../contract/stream.contract.ts'
import { tableCatalogueContract } from '../contract/table-catalogue.contract.ts'
import { visitorStoreContract } from '../contract/visitor-store.contract.ts'
import { openSmallLake } from '../parts/lake/small-lake.ts'
import { openAccount, type SmokePlace } from './account.ts'

const place = JSON.parse(process.env['HEMLINE_SMOKE'] ?? '{}') as SmokePlace
const account = openAccount(place)
const { access, bucket, databasePrefix, workgroup } = account
const folder = mkdtempSync(join(tmpdir(), 'hemline-smoke-'))
const clock = { nowMs: () => Date.now() }
let places = 0
const SHOWN_MS = 2000
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function openFiles(prefix = `lake-${places++}`): Promise<FileStore> {
  const cacheFolder = join(folder, `cache-${places++}`)
  const cacheBytes = 64 * 1024 * 1024
  return openS3FileStore({
    access,
    bucketOf: () => bucket,
    prefix,
    cacheFolder,
    cacheBytes,
    clock,
    entropy: randomBytes,
  })
}

/** Each case has databases of its own. */
async function openCatalogues(own = `${databasePrefix}${places++}_`) {
  const prefix = `lake-${places++}`
  const open = async () =>
    openGlueCatalogue({ access, files: await openFiles(prefix), entropy: randomBytes, databasePrefix: own })
  return { catalogue: await open(), other: await open() }
}

async function openImages() {
  const key = `model/${places++}.image`
  const open = () => openS3ModelImages({ access, bucket, key, entropy: randomBytes, rangeBytes: 300 })
  return { store: open(), other: open() }
}

fileStoreContract('aws', () => openFiles())
tableCatalogueContract('aws', () => openCatalogues())
modelImageContract('aws', openImages)
sharedImageContract('aws', openImages)

describe('visitors', () =>
  visitorStoreContract(async () => openDynamoVisitors({ access, table: await account.table(), clock })))

const openPublished = () => openS3Published({ access, bucket, prefix: `serving-${places++}/`, entropy: randomBytes })
publishedContract('on S3', async () => openPublished())

describe('serving, as a page reads it', () =>
  servingContract(async () => {
    const table = await account.table()
    const pageClock = manualClock(Date.now())
    const visitors = openDynamoVisitors({ access, table, clock: pageClock })
    const onStale = () => undefined
    const shelf = openDynamoShelf({ access, table, published: openPublished(), clock: pageClock, onStale })
    return throughMemory(visitors, shelf, pageClock)
  }))

// Outside an account Kinesis speaks no HTTP/2, and Athena does not run what it is asked.
const isStandin = place.endpoint !== undefined
describe.skipIf(isStandin)('Kinesis', () => {
  streamContract('aws', async (streamClock) => {
    const stream = await account.stream()
    const writer = openKinesisWriter({ access, stream })
    const reader = openKinesisReader({ access, stream, clock: streamClock, onCorrupt: () => undefined })
    const close = async () => {
      await reader.close()
      await writer.close()
    }
    return { writer, reader: afterAPause(reader), close }
  })
})

/** Kinesis shows a record to readers some hundred milliseconds after it has accepted it. */
function afterAPause(reader: StreamReader): StreamReader {
  return {
    ...reader,
    read: async (after, limit) => pause(SHOWN_MS).then(() => reader.read(after, limit)),
    tail: async () => pause(SHOWN_MS).then(() => reader.tail()),
  }
}

describe.skipIf(isStandin)('Athena', () => {
  let runner: SqlRunner
  let close: () => Promise<void>
  beforeAll(async () => {
    const files = await openFiles()
    const own = `${databasePrefix}sql_`
    const catalogue = openGlueCatalogue({ access, files, entropy: randomBytes, databasePrefix: own })
    const { lake } = await openSmallLake({ files, catalogue, entropy: randomBytes })
    await lake.append('clean.sales', { rows: SALES_ROWS })
    runner = await openAthenaRunner({
      access,
      workgroup,
      tables: lake.tableNames,
      databasePrefix: own,
      timeoutMs: 60_000,
      usdPerTerabyte: '5.00',
      clock,
      entropy: randomBytes,
    })
    close = async () => {
      await runner.close()
      lake.close()
    }
  })
  afterAll(() => close())
  sqlContract('aws', () => runner)
})
