/**
 * app/athena-access: one question to the lake on AWS.
 *
 * In: a statement, a region and a workgroup.
 * Out: the answer, with what it cost.
 * Invariant: who breaks off stops the query; credentials are found as every AWS tool finds them.
 */
import { randomBytes } from 'node:crypto'
import { LAKE_TABLES } from '../parts/lake/tables.ts'
import type { SqlResult } from '../parts/sql/port.ts'
import { PRICES } from '../tools/cost/prices.ts'
import { openAthenaRunner } from '../wings/aws/sql/athena-runner.ts'

export interface AthenaPlace {
  readonly region: string
  readonly workgroup: string
}

/** Longer than a page would wait, since a person sees that it runs. */
const TIMEOUT_MS = 600_000

export async function askAthena(statement: string, { region, workgroup }: AthenaPlace): Promise<SqlResult> {
  const runner = await openAthenaRunner({
    access: { region, random: Math.random },
    workgroup,
    tables: LAKE_TABLES.map(({ namespace, table }) => `${namespace}.${table}`),
    timeoutMs: TIMEOUT_MS,
    usdPerTerabyte: String(PRICES.athena.tbScanned),
    clock: { nowMs: () => Date.now() },
    entropy: randomBytes,
  })
  const broken = new AbortController()
  const breakOff = (): void => broken.abort()
  process.once('SIGINT', breakOff)
  try {
    return await runner.run(statement, { signal: broken.signal })
  } finally {
    process.off('SIGINT', breakOff)
    await runner.close()
  }
}
