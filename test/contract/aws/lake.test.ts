/**
 * test/contract/aws/lake: the suites of files and tables on S3 and Glue, and what only these services do wrong.
 *
 * In: the fakes, with answers lost, throttled and refused.
 * Out: the contract's cases, and the rows of a lake after each fault.
 * Invariant: whatever answer is lost, a file is there once and a commit happened once.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { idsIn, openSmallLake, sale, SALES, START_MS } from '../../parts/lake/small-lake.ts'
import { fileStoreContract } from '../file-store.contract.ts'
import { tableCatalogueContract } from '../table-catalogue.contract.ts'
import { jsonRefusal, nth, type FakeFault, type FakeRequest } from './fake-server.ts'
import { startLakeFakes, type LakeFakes } from './lake-on-fakes.ts'
import { SLOW_DOWN } from './s3-fake.ts'

let fakes: LakeFakes
beforeAll(async () => {
  fakes = await startLakeFakes()
})
beforeEach(() => fakes.clear())
afterAll(() => fakes.close())

fileStoreContract('aws', () => fakes.files())
tableCatalogueContract('aws', async () => {
  const files = await fakes.files()
  return { catalogue: fakes.catalogue(files), other: fakes.catalogue(await fakes.files()) }
})

const FAULTS: readonly [string, FakeFault][] = [
  ['its answer is lost', 'lost'],
  ['it is never heard', 'unheard'],
  ['S3 asks to slow down', SLOW_DOWN],
  ['the service fails', { status: 500 }],
]
const isPut = ({ method, query }: FakeRequest) => method === 'PUT' && !query.has('uploadId')
const isGet = ({ method, query }: FakeRequest) => method === 'GET' && !query.has('list-type')
const isAction = (action: string) => (request: FakeRequest) =>
  request.headers['x-amz-target']?.endsWith(action) === true

describe('a file', () => {
  test.each(FAULTS)('is written once when %s', async (_title, fault) => {
    const files = await fakes.files()
    fakes.s3.fault = nth(1, isPut, fault)
    await files.write('clean/a', Buffer.from('a'))
    expect(Buffer.from(await files.read('clean/a')).toString()).toBe('a')
    await expect(files.write('clean/a', Buffer.from('a'))).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_EXISTS' })
  })

  test.each(FAULTS)('is read although %s', async (_title, fault) => {
    const files = await fakes.files()
    await files.write('clean/a', Buffer.from('a'))
    fakes.s3.fault = nth(1, isGet, fault)
    expect(Buffer.from(await files.read('clean/a')).toString()).toBe('a')
  })

  test('belongs to one of forty writers', async () => {
    const files = await fakes.files()
    const writes = Array.from({ length: 40 }, (_, index) => files.write('clean/a', Buffer.from(`by ${index}`)))
    const outcomes = await Promise.allSettled(writes)
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
    expect(winners).toHaveLength(1)
    expect(Buffer.from(await files.read('clean/a')).toString()).toBe(`by ${winners[0]}`)
  })

  test('goes up in parts when it is large, also when an answer is lost, and leaves no part behind', async () => {
    const upload = { partBytes: 1000 }
    const text = 'parted '.repeat(1000)
    for (const [index, fits] of [() => false, isComplete, isPart].entries()) {
      const files = await fakes.files({ upload })
      fakes.s3.fault = nth(1, fits, 'lost')
      const folder = await files.stagingFolder()
      writeFileSync(join(folder, 'rows'), text)
      await files.adopt(join(folder, 'rows'), `clean/${index}`)
      expect(Buffer.from(await files.read(`clean/${index}`)).toString()).toBe(text)
      writeFileSync(join(folder, 'again'), text)
      const second = files.adopt(join(folder, 'again'), `clean/${index}`)
      await expect(second).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_EXISTS' })
    }
    expect(fakes.s3.uploads.size).toBe(0)
  })

  test('is copied once for many readers, and makes room for others when it has not been read for long', async () => {
    let nowMs = START_MS
    const files = await fakes.files({ cacheBytes: 10, clock: { nowMs: () => nowMs } })
    for (const name of ['a', 'b', 'c']) await files.write(`clean/${name}`, Buffer.from(name.repeat(4)))
    let gets = 0
    fakes.s3.fault = (request) => {
      gets += isGet(request) ? 1 : 0
      return null
    }
    const paths = await Promise.all([files.localPath('clean/a'), files.localPath('clean/a')])
    const second = await files.localPath('clean/b')
    expect([paths[0] === paths[1], gets]).toEqual([true, 2])
    await expect(files.localPath('clean/c')).rejects.toMatchObject({ code: 'HEM_LAKE_CACHE_FULL' })
    nowMs += 800_000
    expect(await files.localPath('clean/a')).toBe(paths[0])
    nowMs += 200_000
    await files.localPath('clean/c')
    expect([existsSync(paths[0]), existsSync(second)]).toEqual([true, false])
  })

  test('says what the role may not do', async () => {
    const files = await fakes.files()
    fakes.s3.fault = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' })
    await expect(files.read('clean/a')).rejects.toMatchObject({ code: 'HEM_AWS_REFUSED' })
  })
})

const isComplete = ({ method, query }: FakeRequest) => method === 'POST' && query.has('uploadId')
const isPart = ({ method, query }: FakeRequest) => method === 'PUT' && query.has('uploadId')

describe('a commit', () => {
  const checkpoint = { sink: 'deliver', value: '0', expected: null }

  async function openLake() {
    const files = await fakes.files()
    return openSmallLake({ tables: [SALES], files, catalogue: fakes.catalogue(files) })
  }

  test.each<[string, FakeFault]>([
    ['its answer is lost', 'lost'],
    ['it is never heard', 'unheard'],
    ['Glue is busy', jsonRefusal('ThrottlingException')],
    ['Glue fails', jsonRefusal('InternalServiceException')],
  ])('leaves its rows once when %s', async (_title, fault) => {
    const { lake } = await openLake()
    fakes.glue.fault = nth(1, isAction('UpdateTable'), fault)
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] }, { checkpoint })
    expect(await idsIn(lake, 'clean.sales')).toBe('a')
    expect(await lake.checkpoint('clean.sales', 'deliver')).toBe('0')
    lake.close()
  })

  test('that makes a table happens once when its answer is lost', async () => {
    const { catalogue } = await openCatalogue()
    fakes.glue.fault = nth(2, isAction('CreateTable'), 'lost')
    expect(await catalogue.commit(ORDERS, null, '{"v":1}')).toMatchObject({ outcome: 'committed' })
    expect(await catalogue.commit(ORDERS, null, '{"v":2}')).toEqual({ outcome: 'conflict' })
  })

  test('whose answer is lost, and after which the table cannot be read, deletes nothing', async () => {
    const { lake, reopen } = await openLake()
    let isDown = false
    fakes.glue.fault = (request) => {
      if (isAction('UpdateTable')(request)) isDown = true
      else if (isDown) return 'unheard'
      return isDown ? 'lost' : null
    }
    const append = lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] }, { checkpoint })
    await expect(append).rejects.toMatchObject({ code: 'HEM_LAKE_OUTCOME_UNKNOWN' })
    fakes.glue.fault = () => null
    const other = await reopen()
    expect(await idsIn(other, 'clean.sales')).toBe('a')
    for (const each of [lake, other]) each.close()
  })

  test('of thirty writers at once gets in, on one unbroken chain', async () => {
    const { catalogue } = await openCatalogue()
    await catalogue.commit(ORDERS, null, '{"by":[]}')
    const commitUntilIn = async (writer: number): Promise<number> => {
      for (let tries = 1; tries <= 100; tries++) {
        const found = await catalogue.load(ORDERS)
        const { by } = JSON.parse(found?.metadataJson ?? '') as { by: number[] }
        const { outcome } = await catalogue.commit(
          ORDERS,
          found?.version ?? '',
          JSON.stringify({ by: [...by, writer] }),
        )
        if (outcome === 'committed') return tries
        // Spread out, as writers with a pause of chance between tries are.
        await new Promise((resolve) => setTimeout(resolve, ((writer * 17) % 30) * 40))
      }
      return Number.NaN
    }
    await Promise.all(Array.from({ length: 30 }, (_, writer) => commitUntilIn(writer)))
    const { by } = JSON.parse((await catalogue.load(ORDERS))?.metadataJson ?? '') as { by: number[] }
    expect(by.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, writer) => writer))
    expect(fakes.glue.databases.get('clean')?.get('orders')?.VersionId).toBe('30')
    expect(fakes.glue.conflicts).toBeGreaterThan(0)
    const documents = [...fakes.s3.objects.keys()].filter((path) => path.endsWith('.metadata.json'))
    expect(documents, 'those who lost took theirs away').toHaveLength(31)
  })

  test('whose answer is lost is unknown when another has committed since', async () => {
    const { catalogue, other } = await openCatalogue()
    const first = await catalogue.commit(ORDERS, null, '{"v":1}')
    const before = first.outcome === 'committed' ? first.version : ''
    let isLost = false
    fakes.glue.fault = (request) => {
      if (isLost || !isAction('UpdateTable')(request)) return null
      isLost = true
      return 'lost'
    }
    const commit = catalogue.commit(ORDERS, before, '{"v":2}')
    // The adapter's look at the table comes after another's commit.
    const overtaking = async () => {
      const found = await other.load(ORDERS)
      return other.commit(ORDERS, found?.version ?? '', '{"v":3}')
    }
    const inner = fakes.glue.fault
    let looks = 0
    fakes.glue.fault = (request) => {
      if (isLost && isAction('GetTable')(request) && ++looks === 1) return 'unheard'
      return inner(request)
    }
    const outcomes = await Promise.all([commit, until(() => isLost).then(overtaking)])
    expect(['unknown', 'committed']).toContain(outcomes[0].outcome)
    const files = [...fakes.s3.objects.keys()].filter((path) => path.endsWith('.metadata.json'))
    expect(files.length, 'its document is kept').toBe(3)
  })

  test('shows people who browse the catalogue columns, comments and where the table lies', async () => {
    const { lake } = await openLake()
    const table = fakes.glue.databases.get('clean')?.get('sales')
    expect(table).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: { table_type: 'ICEBERG' },
      StorageDescriptor: {
        Location: 's3://shop-clean/lake/clean/sales',
        Columns: [
          { Name: 'id', Type: 'string', Comment: 'The sale.' },
          { Name: 'shop_date', Type: 'date' },
          { Name: 'net', Type: 'decimal(12,2)' },
        ],
      },
    })
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] })
    const after = fakes.glue.databases.get('clean')?.get('sales')?.Parameters
    expect(after?.['previous_metadata_location']).toBe(table?.Parameters?.['metadata_location'])
    lake.close()
  })
})

test('a lake on S3 and Glue is compacted, forgets old snapshots and sweeps what nothing names', async () => {
  const files = await fakes.files()
  const { lake, clock } = await openSmallLake({ tables: [SALES], files, catalogue: fakes.catalogue(files) })
  fakes.s3.nowMs = () => clock.nowMs()
  for (const id of ['a', 'b', 'c']) await lake.append('clean.sales', { rows: [sale(id, '2026-03-01')] })
  await lake.replace('clean.sales', ['2026-03-02'], { rows: [sale('d', '2026-03-02')] })
  await files.write('clean/sales/data/orphan.parquet', Buffer.from('left by a crash'))
  clock.advance(1000)
  const limits = { keepSnapshots: 1, keepSnapshotsMs: 0, orphanAgeMs: 0, compactFiles: 2, smallFileBytes: 1e6 }
  const [report] = await lake.maintain(limits)
  expect(report).toMatchObject({ compactedFiles: 3, expiredSnapshots: 4 })
  const left = (await files.list('clean/sales')).filter(({ path }) => path.endsWith('.parquet'))
  expect(left, 'one file a day').toHaveLength(2)
  expect(await idsIn(lake, 'clean.sales')).toBe('a b c d')
  lake.close()
})

const ORDERS = { namespace: 'clean', table: 'orders' }

async function openCatalogue() {
  const files = await fakes.files()
  return { catalogue: fakes.catalogue(files), other: fakes.catalogue(await fakes.files()) }
}

async function until(holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds() && looks < 10_000; looks++) await new Promise((resolve) => setImmediate(resolve))
}
