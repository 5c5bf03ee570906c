/**
 * test/app/lambda/small-shop: products and clicks sent to `collect`.
 *
 * In: a small cloud, how many requests and visitors.
 * Out: ids of the events that were acknowledged; what the stream says of each visitor.
 * Invariant: a request that is answered otherwise than 2xx counts for nothing.
 */
import type { VisitorMemory } from '../../../src/parts/model/session/visitor-state.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { changesSlate } from '../../../src/steps/recommend/apply-record.ts'
import { followRecord, NO_MEMORY } from '../../../src/steps/recommend/follow-record.ts'
import { kinesisPosition, storedRecordOf } from '../../../src/wings/aws/stream/kinesis-record.ts'
import type { KinesisShard } from './memory-kinesis.ts'
import type { SmallCloud } from './small-cloud.ts'

const TYPES = [
  'product_view',
  'product_view',
  'product_view',
  'add_to_cart',
  'search',
  'recommendation_view',
  'purchase',
]

export async function putProducts(cloud: SmallCloud, count: number): Promise<void> {
  const products = Array.from({ length: count }, (_, nth) => ({
    id: `p${nth}`,
    gender: nth % 2 === 0 ? 'Women' : 'Men',
    master_category: 'Apparel',
    sub_category: `sub${nth % 3}`,
    article_type: `type${nth % 5}`,
    base_colour: `colour${nth % 4}`,
    product_display_name: `Product ${nth}`,
    price: '19.90',
  }))
  const { status } = await cloud.ask('server', '/v1/products', { method: 'PUT', body: { products } })
  if (status !== 200) throw new Error(`products: ${status}`)
}

export interface ClickOptions {
  readonly requests: number
  readonly visitors: number
  /** At most so many seconds lie between two requests; 60 where absent. */
  readonly secondsApart?: number
  /** Number of the first request, so that ids differ. */
  readonly from?: number
}

export async function sendClicks(
  cloud: SmallCloud,
  { requests, visitors, secondsApart = 60, from = 0 }: ClickOptions,
): Promise<string[]> {
  const draw = (below: number): number => Math.floor(cloud.random() * below)
  const acknowledged: string[] = []
  for (let request = from; request < from + requests; request++) {
    // One in three is of the same visitor.
    const visitor = `v${draw(3) === 0 ? 0 : draw(visitors)}`
    const events = Array.from({ length: 1 + draw(3) }, (_, nth) => ({
      event_id: `e${String(request).padStart(4, '0')}-${nth}`,
      event_type: TYPES[draw(TYPES.length)],
      visitor_id: visitor,
      ...(draw(8) === 0 ? { user_id: `u${draw(4)}` } : {}),
      timestamp: new Date(cloud.clock.nowMs()).toISOString(),
      product_id: `p${draw(40)}`,
    }))
    const { status, body } = await cloud.ask('write', '/v1/events', { method: 'POST', body: { events } })
    if (status !== 202 || body['accepted'] !== events.length)
      throw new Error(`events: ${status} ${JSON.stringify(body)}`)
    acknowledged.push(...events.map((event) => event.event_id))
    cloud.clock.advance(1000 * draw(secondsApart))
  }
  return acknowledged
}

export interface Expected {
  /** Number of the newest record that makes the list another one, or says who the visitor is. */
  sequenceNumber: string
  memory: VisitorMemory
}

/** What each visitor's entry has to be, by the stream alone. */
export function expectedVisitors(shards: readonly KinesisShard[]): ReadonlyMap<string, Expected> {
  const expected = new Map<string, Expected>()
  const ids = new Set<string>()
  const all = shards.flatMap(({ entries }) => entries)
  all.sort((a, b) => (a.sequenceNumber < b.sequenceNumber ? -1 : 1))
  for (const { shard, sequenceNumber, data } of all) {
    const record = recordOf({ shard, sequenceNumber, data })
    if (record?.kind !== 'events') continue
    const known = expected.get(record.visitor_key) ?? { sequenceNumber: '', memory: NO_MEMORY }
    // A retry of the collector puts a record twice; its events count once.
    const events = record.events.filter(({ event_id: id }) => !ids.has(id))
    for (const { event_id: id } of events) ids.add(id)
    const { memory } = followRecord(known.memory, { ...record, events })
    if (changesSlate(record) || memory.userId !== known.memory.userId) {
      known.sequenceNumber = kinesisPosition(shard, sequenceNumber).sequence_number
    }
    known.memory = memory
    expected.set(record.visitor_key, known)
  }
  return new Map([...expected].filter(([, { sequenceNumber }]) => sequenceNumber !== ''))
}

function recordOf(raw: Parameters<typeof storedRecordOf>[0]): StreamRecord | null {
  try {
    return storedRecordOf(raw).record
  } catch {
    return null
  }
}
