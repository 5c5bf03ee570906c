/**
 * test/app/lambda/cross-wing: the same events and the same model give the same slates on both wings.
 *
 * In: a log with users who log in and share devices.
 * Out: each visitor's lists, from the embedded recommender and from the function that scores, with the image it saved.
 * Invariant: what differs is where a record stands: names of shards, and ids made from them.
 */
import { expect, test } from 'vitest'
import { createRecommend } from '../../../src/app/lambda/recommend.ts'
import { createModelSource } from '../../../src/app/lambda/model-source.ts'
import type { StoredList, VisitorEntry } from '../../../src/parts/serving/slate.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { changesSlate } from '../../../src/steps/recommend/apply-record.ts'
import { putEntryOf } from '../../../src/wings/aws/stream/kinesis-record.ts'
import { createMemoryVisitors } from '../../contract/memory/memory-visitors.ts'
import { openPlace, settle, startOn } from '../../steps/recommend/recommender-runs.ts'
import { madeLog } from '../../steps/recommend/shop-logs.ts'

test('the embedded recommender and the function that scores store the same slates', async () => {
  const clock = manualClock(Date.UTC(2026, 10, 24))
  const place = openPlace()
  const recommender = await startOn(place)
  const visitors = createMemoryVisitors()
  const recommend = createRecommend({
    visitors,
    model: createModelSource({
      images: { ...place.images, hasChanged: async () => true },
      clock,
      onFault: () => expect.unreachable(),
    }),
    deadLetter: () => expect.unreachable(),
    clock,
    onFault: () => expect.unreachable(),
  })
  let compared = 0
  for (const [nth, record] of madeLog(80).entries()) {
    await place.writer.append([record])
    await settle(recommender)
    await recommender.saveImage()
    clock.advance(61_000)
    const data = putEntryOf(record).bytes.toString('base64')
    const kinesis = { sequenceNumber: String(nth + 1), data }
    expect(await recommend({ Records: [{ eventID: `shardId-000000000000:${nth + 1}`, kinesis }] })).toEqual({
      batchItemFailures: [],
    })
    if (!changesSlate(record)) continue
    const key = record.visitor_key
    const entry = (await visitors.read([key])).get(key)?.entry
    expect(entry && wherever(entry)).toEqual(wherever(place.serving.visitor(key) as VisitorEntry))
    compared++
  }
  expect(compared).toBeGreaterThan(60)
})

function wherever(entry: VisitorEntry) {
  return { ...entry, home: items(entry.home), cart: items(entry.cart) }
}

function items(list: StoredList): StoredList['items'] {
  return list.items
}
