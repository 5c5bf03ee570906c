/**
 * test/app/lambda/ledger: what was acknowledged is in the lake once, and in its visitor's list, whatever fails on the way.
 *
 * In: a small shop's clicks through the deployed handlers, driven as Lambda and Firehose drive them.
 * Out: a ledger whose difference is 0.
 * Invariant: the acknowledgements are those of `collect`; the lake is a real one.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rowsOf } from '../../fixtures/test-lake.ts'
import { openSmallCloud, type SmallCloud } from './small-cloud.ts'
import { expectedVisitors, putProducts, sendClicks } from './small-shop.ts'

let folder: string
let cloud: SmallCloud

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-cloud-'))
  const faults = {
    lostAnswer: 0.1,
    twice: 0.1,
    again: 0.1,
    lostPut: 0.05,
    throttle: 0.05,
    crash: 0.1,
    repeatedFile: 0.3,
  }
  cloud = await openSmallCloud({ seed: 7, folder, faults })
})
afterEach(() => {
  cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the ledger is even after duplicates, crashes, throttles, a split shard and a poison record', async () => {
  await putProducts(cloud, 40)
  await cloud.learn()
  const sent = await sendClicks(cloud, { requests: 60, visitors: 12 })
  await cloud.loop.round()
  cloud.kinesis.putBytes('v1', Buffer.from('no record of ours'))
  cloud.kinesis.split(cloud.kinesis.shards[0].id)
  await cloud.firehose.flush()
  await Promise.allSettled([cloud.land(), cloud.land()])
  const more = await sendClicks(cloud, { requests: 60, visitors: 12, from: 60 })
  await cloud.learn()
  await cloud.loop.drain()
  await cloud.firehose.flush()
  await cloud.land()

  const acknowledged = [...sent, ...more].toSorted()
  const clean = await rowsOf(cloud.lake, 'SELECT event_id FROM clean.clickstreams ORDER BY event_id')
  expect(clean.flat()).toEqual(acknowledged)
  for (const [key, { sequenceNumber, memory }] of expectedVisitors(cloud.kinesis.shards)) {
    const found = (await cloud.visitors.read([key])).get(key)
    expect(found?.entry.home.as_of.sequence_number, key).toBe(sequenceNumber)
    expect({ ...found?.memory, seen: [] }, key).toEqual({ ...memory, seen: [] })
  }
  expect(cloud.loop.counts.failures).toBeGreaterThan(5)
  expect(cloud.expired).toEqual([])
  const letters = await cloud.files.list('dead-letter')
  expect(letters).toHaveLength(1)
  const dead = await rowsOf(cloud.lake, `SELECT DISTINCT code FROM landing.quarantine WHERE reason = 'dead_letter'`)
  expect(dead).toEqual([['HEM_STREAM_RECORD_CORRUPT']])
  expect(await cloud.files.list('firehose')).toEqual([])
}, 30_000)
