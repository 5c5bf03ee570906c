/**
 * lambda-loop: the handlers of Lambda, driven as the event source mapping and Firehose drive them, for long and with all that can fail.
 *
 *   nice -n 15 node bench/lambda-loop.nightly.ts [--seeds 10] [--requests 1500] [--write]
 *
 * Each seed: clicks through `collect`, in four parts; crashes, throttles, lost answers, batches that come twice or to two at once, files
 * that come twice, two shards split, a poison record, ten minutes without the table. Then the ledger: what was acknowledged against the
 * lake, and each visitor's entry against the stream. A difference ends the run with exit code 1.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openSmallCloud } from '../test/app/lambda/small-cloud.ts'
import { expectedVisitors, putProducts, sendClicks } from '../test/app/lambda/small-shop.ts'
import { rowsOf } from '../test/fixtures/test-lake.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    requests: { type: 'string', default: '1500' },
    write: { type: 'boolean', default: false },
  },
})
const PARTS = 4
const VISITORS = 200
const OUTAGE_MS = 10 * 60_000
const FAULTS = { lostAnswer: 0.1, twice: 0.1, again: 0.1, lostPut: 0.03, throttle: 0.02, crash: 0.1, repeatedFile: 0.3 }

let differences = 0
for (let seed = 1; seed <= Number(values.seeds); seed++) differences += await runSeed(seed)
process.exitCode = differences === 0 ? 0 : 1

async function runSeed(seed: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-loop-'))
  let downUntilMs = 0
  const cloud = await openSmallCloud({ seed, folder, faults: FAULTS, isDown: (nowMs) => nowMs < downUntilMs })
  try {
    await putProducts(cloud, 40)
    const acknowledged: string[] = []
    const requests = Math.ceil(Number(values.requests) / PARTS)
    for (let part = 0; part < PARTS; part++) {
      if (part === 1) cloud.kinesis.putBytes('v3', Buffer.from('no record of ours'))
      if (part === 2) downUntilMs = cloud.clock.nowMs() + OUTAGE_MS
      acknowledged.push(
        ...(await sendClicks(cloud, { requests, visitors: VISITORS, secondsApart: 5, from: part * requests })),
      )
      await cloud.learn()
      for (let round = 0; round < 20; round++) await cloud.loop.round()
      if (part < 2) cloud.kinesis.split(cloud.kinesis.shards[part].id)
      await cloud.firehose.flush()
      await Promise.allSettled([cloud.land(), cloud.land()])
    }
    await cloud.loop.drain()
    await cloud.firehose.flush()
    await cloud.land()
    return await ledgerOf(seed, cloud, acknowledged)
  } finally {
    cloud.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function ledgerOf(
  seed: number,
  cloud: Awaited<ReturnType<typeof openSmallCloud>>,
  acknowledged: readonly string[],
): Promise<number> {
  const clean = (await rowsOf(cloud.lake, 'SELECT event_id FROM clean.clickstreams')).flat()
  const inClean = new Set(clean)
  const missing = acknowledged.filter((id) => !inClean.has(id)).length
  const repeated = clean.length - inClean.size
  const expected = expectedVisitors(cloud.kinesis.shards)
  const found = await cloud.visitors.read([...expected.keys()])
  const stale = [...expected].filter(([key, { sequenceNumber, memory }]) => {
    const visitor = found.get(key)
    const isNew = visitor?.entry.home.as_of.sequence_number === sequenceNumber
    return !isNew || JSON.stringify(visitor?.memory.state) !== JSON.stringify(memory.state)
  }).length
  const letters = await cloud.files.list('dead-letter')
  const difference = missing + repeated + stale + Math.abs(letters.length - 1) + cloud.expired.length
  report(
    {
      bench: 'lambda-loop',
      seed,
      acknowledged: acknowledged.length,
      records: cloud.kinesis.shards.reduce((sum, { entries }) => sum + entries.length, 0),
      ...cloud.loop.counts,
      missing,
      repeated,
      visitors: expected.size,
      staleVisitors: stale,
      deadLetters: letters.length,
      difference,
      ...machine(),
    },
    values.write,
  )
  return difference
}
