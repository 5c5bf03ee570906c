/**
 * test/contract/sql: the suite, in the query process and on Athena.
 *
 * In: a lake of three rows.
 * Out: the contract's cases for each wing, and what Athena alone can do.
 * Invariant: every wing keeps the same promises.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSqlRunner } from '../../src/app/sql-pool.ts'
import type { SqlRunner } from '../../src/parts/sql/port.ts'
import { openAthenaRunner, type AthenaRunnerOptions } from '../../src/wings/aws/sql/athena-runner.ts'
import { openSmallLake, sale } from '../parts/lake/small-lake.ts'
import { GOLDEN, GOLDEN_QUERIES, goldenQuery } from '../parts/sql/golden-queries.ts'
import { startAthenaFake, type AthenaFake } from './aws/athena-fake.ts'
import { jsonRefusal, nth, type FakeRequest } from './aws/fake-server.ts'
import { SALES_ROWS, sqlContract } from './sql.contract.ts'

let small: Awaited<ReturnType<typeof openSmallLake>>
let embedded: SqlRunner
let athena: AthenaFake
let aws: SqlRunner

beforeAll(async () => {
  small = await openSmallLake()
  await small.lake.append('clean.sales', { rows: SALES_ROWS })
  embedded = startSqlRunner({ snapshotsFor: () => () => small.lake.snapshot(), processes: 1 })
  athena = await startAthenaFake(small.lake)
  aws = await openRunner()
})
beforeEach(() => {
  athena.fault = () => null
})
afterAll(async () => {
  await Promise.all([embedded.close(), aws.close(), athena.close()])
  small.lake.close()
  small.memory.dispose()
})

function openRunner(changes: Partial<AthenaRunnerOptions> = {}): Promise<SqlRunner> {
  return openAthenaRunner({
    access: athena.access,
    workgroup: 'hemline',
    tables: small.lake.tableNames,
    timeoutMs: 20_000,
    usdPerTerabyte: '5.00',
    clock: { nowMs: () => performance.now() },
    entropy: randomBytes,
    ...changes,
  })
}

sqlContract('embedded', () => embedded)
sqlContract('aws', () => aws)

describe('Athena', () => {
  test('answers the golden expressions as the prelude does', async () => {
    const scalars = GOLDEN.filter(([, expected]) => typeof expected !== 'object' || expected === null)
    const { rows } = await aws.run(`SELECT ${scalars.map(([expression]) => expression).join(',\n')}`)
    expect(rows[0]).toEqual(scalars.map(([, expected]) => expected))
  })

  test.each(GOLDEN_QUERIES.filter((_, index) => index % 8 === 0))('answers %s', async (query, expected) => {
    expect((await aws.run(goldenQuery(query))).rows).toEqual(expected)
  })

  test('says what an answer cost: begun megabytes, at least ten', async () => {
    athena.scannedBytes = 1_500_000_001
    expect((await aws.run('SELECT 1')).cost).toEqual({ scannedBytes: 1_500_000_001, usd: '0.007505' })
    athena.scannedBytes = 0
    expect((await aws.run('SELECT 1')).cost).toEqual({ scannedBytes: 0, usd: '0.000050' })
  })

  test('asks for a table of the past in its own words', async () => {
    const { metadata } = await small.lake.table('clean.sales')
    const id = metadata['current-snapshot-id']
    await small.lake.append('clean.sales', { rows: [sale('later', '2026-03-03')] })
    const travel = await aws.run(`SELECT count(*) FROM clean.sales FOR VERSION AS OF ${id}`)
    expect(travel.rows).toEqual([[3]])
    expect(athena.queries.at(-1)?.sql).toBe(`SELECT count(*) FROM "clean"."sales" FOR VERSION AS OF ${id} AS "sales"`)
    await small.lake.deleteWhere('clean.sales', `id = 'later'`)
  })

  test('names databases by their prefix, wherever a table stands', async () => {
    const prefixed = await openRunner({ databasePrefix: 'shop_' })
    const sql = `SELECT 'é clean.sales', s.id FROM sales AS s JOIN "clean"."sales" ON true WHERE s.id IN (SELECT id FROM landing.clicks);`
    await expect(prefixed.run(sql)).rejects.toMatchObject({ code: 'HEM_SQL_INVALID' })
    expect(athena.queries.at(-1)?.sql).toBe(
      `SELECT 'é clean.sales', s.id FROM "shop_clean"."sales" AS s JOIN "shop_clean"."sales" ON true WHERE s.id IN (SELECT id FROM "shop_landing"."clicks")`,
    )
    await prefixed.close()
  })

  const isStart = (request: FakeRequest) => request.headers['x-amz-target']?.endsWith('StartQueryExecution') === true

  test('starts a query once although the answer to its start is lost', async () => {
    const before = athena.queries.length
    athena.fault = nth(1, isStart, 'lost')
    expect((await aws.run('SELECT 42')).rows).toEqual([[42]])
    expect(athena.queries.length - before).toBe(1)
  })

  test('is busy when the account may run no more', async () => {
    athena.fault = (request) => (isStart(request) ? jsonRefusal('TooManyRequestsException') : null)
    await expect(aws.run('SELECT 1')).rejects.toMatchObject({ code: 'HEM_SQL_BUSY' })
  })

  test('says what the role may not do', async () => {
    athena.fault = () => jsonRefusal('AccessDeniedException', 'not authorized to perform athena:StartQueryExecution')
    await expect(aws.run('SELECT 1')).rejects.toThrow(/HEM_AWS_REFUSED Athena: .*StartQueryExecution/)
  })

  test('says that a query would read more than its workgroup allows', async () => {
    athena.scanLimitBytes = 1
    athena.scannedBytes = 2
    await expect(aws.run('SELECT 1')).rejects.toMatchObject({ code: 'HEM_SQL_SCAN_LIMIT' })
    athena.scanLimitBytes = Number.MAX_SAFE_INTEGER
  })

  test.each([
    ['that its asker takes back', 'HEM_SQL_CANCELLED', 20_000],
    ['that takes too long', 'HEM_SQL_TIMEOUT', 1],
  ])('is told to stop a query %s', async (_title, code, timeoutMs) => {
    const runner = await openRunner({ timeoutMs })
    const gone = new AbortController()
    const held = Promise.withResolvers<void>()
    athena.hold = held.promise
    const answer = runner.run('SELECT 1', { signal: gone.signal })
    const settled = answer.catch((thrown: unknown) => thrown)
    if (timeoutMs > 1) {
      while (athena.queries.at(-1)?.state !== 'RUNNING') await sleep(5)
      gone.abort()
    }
    expect(await settled).toMatchObject({ code })
    expect(athena.queries.at(-1)?.state).toBe('CANCELLED')
    held.resolve()
    athena.hold = Promise.resolve()
    await runner.close()
  })
})
