/**
 * aws-scale-measure: what the handlers of Lambda take of a processor, each doing its real work.
 *
 * In: nothing; the shop is made, the stores are in memory, so that no network is in a figure.
 * Out: processor time by record, visitor, row or read, and bytes of a visitor's item.
 * Invariant: whole-process processor time, user and system; what the measuring itself takes is in it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommend } from '../src/app/lambda/recommend.ts'
import { handler as deliver } from '../src/app/lambda/deliver.ts'
import { loadImage } from '../src/parts/model/image.ts'
import { visitorAttributes } from '../src/wings/aws/serving/visitor-item.ts'
import { createMemoryVisitors } from '../test/contract/memory/memory-visitors.ts'
import { NO_FAULTS, openSmallCloud, type SmallCloud } from '../test/app/lambda/small-cloud.ts'
import { putProducts } from '../test/app/lambda/small-shop.ts'

export interface ServiceTimes {
  readonly collectMsPerRequest: number
  readonly recommendMsPerBatch: number
  readonly recommendMsPerVisitor: number
  readonly deliverMsPerRecord: number
  readonly learnMsPerRecord: number
  readonly learnMsFixed: number
  /** The two lists of a product that was looked at. */
  readonly learnMsPerProduct: number
  readonly landMsPerRow: number
  readonly landMsFixed: number
  readonly respondMsPerRead: number
  readonly imageBytes: number
  readonly itemBytes: number
}

const PRODUCTS = 1000
const VISITORS = 3000
const FEW = 1500
const REQUESTS = 5000
const EVENTS_PER_REQUEST = 3
const BATCHES = 30

export async function measure(): Promise<ServiceTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-scale-'))
  const cloud = await openSmallCloud({ seed: 5, folder, faults: NO_FAULTS })
  try {
    await putProducts(cloud, PRODUCTS)
    await send(cloud, FEW)
    const learnFewMs = await cpuMs(cloud.learn)
    const collectMsPerRequest = (await cpuMs(() => send(cloud, REQUESTS))) / REQUESTS
    const learnManyMs = await cpuMs(cloud.learn)
    const learnMsFixed = await fixedLearnMs(cloud)
    // Both runs make the lists of nearly all products.
    const learnMsPerRecord = (learnManyMs - learnFewMs) / (REQUESTS - FEW)
    const records = cloud.kinesis.shards.flatMap(({ entries }) => entries)
    const deliverMsPerRecord = (await cpuMs(() => transform(records))) / records.length
    const [small, large] = [await landMs(cloud, 30), await landMs(cloud, 3000)]
    const recommend = await recommendMs(cloud, records)
    return {
      collectMsPerRequest,
      ...recommend,
      deliverMsPerRecord,
      learnMsPerRecord,
      learnMsPerProduct: (learnFewMs - learnMsFixed - FEW * learnMsPerRecord) / PRODUCTS,
      learnMsFixed,
      landMsPerRow: (large - small) / (2970 * EVENTS_PER_REQUEST),
      landMsFixed: small,
      respondMsPerRead: await respondMs(cloud),
      imageBytes: cloud.images.current()?.length ?? 0,
    }
  } finally {
    cloud.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

let requests = 0

async function send(cloud: SmallCloud, count: number): Promise<void> {
  const draw = (below: number): number => Math.floor(cloud.random() * below)
  for (let sent = 0; sent < count; sent++) {
    const visitor = `v${draw(VISITORS)}`
    const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, nth) => ({
      event_id: `m${++requests}-${nth}`,
      event_type: draw(10) === 0 ? 'add_to_cart' : 'product_view',
      visitor_id: visitor,
      product_id: `p${Math.floor((draw(1000) * draw(PRODUCTS)) / 1000)}`,
    }))
    await cloud.ask('write', '/v1/events', { method: 'POST', body: { events } })
    if (sent % 100 === 0) cloud.clock.advance(1000)
  }
}

/** A run that finds nothing new to learn but one record: image, lists of the shop, image. */
async function fixedLearnMs(cloud: SmallCloud): Promise<number> {
  await send(cloud, 1)
  return cpuMs(cloud.learn)
}

async function transform(records: SmallCloud['kinesis']['shards'][number]['entries']): Promise<void> {
  for (let first = 0; first < records.length; first += 400) {
    const part = records.slice(first, first + 400)
    await deliver({
      records: part.map(({ data, arrivedMs, shard, sequenceNumber }) => ({
        recordId: sequenceNumber,
        data: data.toString('base64'),
        approximateArrivalTimestamp: arrivedMs,
        kinesisRecordMetadata: { shardId: shard, sequenceNumber },
      })),
    })
  }
}

async function landMs(cloud: SmallCloud, count: number): Promise<number> {
  await cloud.firehose.flush()
  await cloud.land()
  await send(cloud, count)
  await cloud.firehose.flush()
  return cpuMs(cloud.land)
}

/** Batches of one visitor and of a hundred, with the model that was learned. */
async function recommendMs(cloud: SmallCloud, records: SmallCloud['kinesis']['shards'][number]['entries']) {
  const image = cloud.images.current()
  if (image === null) throw new Error('no image')
  const model = loadImage(image)
  const visitors = createMemoryVisitors()
  const handler = createRecommend({
    visitors,
    model: async () => model,
    deadLetter: async () => undefined,
    clock: cloud.clock,
    onFault: (fault) => {
      throw fault
    },
  })
  const sample = records.slice(1, 1 + BATCHES * 101)
  const batch = (from: number, count: number) =>
    handler({
      Records: sample.slice(from, from + count).map(({ shard, sequenceNumber, data }) => ({
        eventID: `${shard}:${sequenceNumber}`,
        kinesis: { sequenceNumber, data: data.toString('base64') },
      })),
    })
  for (let nth = 0; nth < BATCHES / 2; nth++) await batch(nth * 100, 100)
  const large = await cpuMs(async () => {
    for (let nth = BATCHES / 2; nth < BATCHES; nth++) await batch(nth * 100, 100)
  })
  const single = await cpuMs(async () => {
    for (let nth = 0; nth < BATCHES; nth++) await batch(BATCHES * 100 + nth, 1)
  })
  const [ofLarge, ofSingle] = [large / (BATCHES / 2), single / BATCHES]
  const recommendMsPerVisitor = (ofLarge - ofSingle) / 99
  const stored = await visitors.read(visitors.keys().slice(0, 500))
  const sizes = [...stored.values()].map((visitor) =>
    Object.entries(visitorAttributes(visitor, 0)).reduce((sum, [name, value]) => sum + name.length + bytesOf(value), 0),
  )
  return {
    recommendMsPerVisitor,
    recommendMsPerBatch: Math.max(0, ofSingle - recommendMsPerVisitor),
    itemBytes: sizes.reduce((sum, size) => sum + size, 0) / sizes.length,
  }
}

function bytesOf(value: object): number {
  const [inner] = Object.values(value) as readonly unknown[]
  return inner instanceof Uint8Array ? inner.length : JSON.stringify(inner).length
}

async function respondMs(cloud: SmallCloud): Promise<number> {
  await cloud.loop.drain()
  const reads = 2000
  const read = (nth: number) => cloud.ask('read', `/v1/recommendations?visitor_id=v${nth % VISITORS}&limit=20`)
  for (let nth = 0; nth < 200; nth++) await read(nth)
  const ms = await cpuMs(async () => {
    for (let nth = 0; nth < reads; nth++) await read(nth)
  })
  return ms / reads
}
