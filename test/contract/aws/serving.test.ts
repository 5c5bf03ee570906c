/**
 * test/contract/aws/serving.test: the suites of serving on DynamoDB, and what only a table behind a wire can do wrong.
 *
 * In: dynalite behind the fault proxy; our fake of S3.
 * Out: the contracts, then faults, expiry and sizes.
 * Invariant: each case has a table of its own.
 */
import { randomBytes } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ShopShelf } from '../../../src/parts/serving/shelf.ts'
import type { StoredList } from '../../../src/parts/serving/slate.ts'
import type { StoredVisitor } from '../../../src/parts/serving/visitor-store.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { openDynamoShelf } from '../../../src/wings/aws/serving/dynamo-shelf.ts'
import { openDynamoVisitors } from '../../../src/wings/aws/serving/dynamo-visitors.ts'
import { openS3Published } from '../../../src/wings/aws/serving/s3-published.ts'
import { kinesisPosition } from '../../../src/wings/aws/stream/kinesis-record.ts'
import { aProduct } from '../../parts/serving/shop-samples.ts'
import { createMemoryPublished } from '../memory/memory-published.ts'
import { createMemoryVisitors } from '../memory/memory-visitors.ts'
import { publishedContract } from '../published.contract.ts'
import { servingContract } from '../serving.contract.ts'
import { storedVisitor, visitorStoreContract } from '../visitor-store.contract.ts'
import { throughMemory } from './through-memory.ts'
import { startS3Fake, type S3Fake } from './s3-fake.ts'
import { startTables, type TableFake } from './table-fake.ts'

let tables: TableFake
let s3: S3Fake
let places = 0
const closing: (() => void)[] = []

beforeAll(async () => {
  tables = await startTables()
  s3 = await startS3Fake()
})

afterEach(() => {
  tables.proxy.chance(null)
  for (const close of closing.splice(0)) close()
})

afterAll(async () => {
  await tables.stop()
  await s3.close()
})

const NOON_MS = Date.UTC(2026, 10, 23, 12)
const DAY_MS = 86_400_000

async function openVisitors(clock = manualClock(NOON_MS), table?: string) {
  const visitors = openDynamoVisitors({ access: tables.access, table: table ?? (await tables.table()), clock })
  closing.push(() => visitors.close())
  return visitors
}

interface ShelfPlace {
  readonly table: string
  readonly published: ReturnType<typeof createMemoryPublished>
  readonly stale: unknown[]
}

async function shelfPlace(): Promise<ShelfPlace> {
  return { table: await tables.table(), published: createMemoryPublished(), stale: [] }
}

function openShelf({ table, published, stale }: ShelfPlace, clock = manualClock(NOON_MS)) {
  const shelf = openDynamoShelf({
    access: tables.access,
    table,
    published,
    clock,
    onStale: (fault) => stale.push(fault),
  })
  closing.push(() => shelf.close())
  return shelf
}

describe('visitors in memory', () => visitorStoreContract(async () => createMemoryVisitors()))

describe('visitors on DynamoDB', () => visitorStoreContract(() => openVisitors()))

publishedContract('in memory', async () => createMemoryPublished())

publishedContract('on S3', async () =>
  openS3Published({ access: s3.access, bucket: 'b', prefix: `place-${++places}/`, entropy: randomBytes }),
)

describe('serving on DynamoDB, as a page reads it', () =>
  servingContract(async () => {
    const place = await shelfPlace()
    const clock = manualClock(NOON_MS)
    const visitors = await openVisitors(clock, place.table)
    return throughMemory(visitors, openShelf(place, clock), clock)
  }))

describe('the serving table', () => {
  test('asks again for what a read left undone, and gives up where that does not end', async () => {
    const visitors = await openVisitors()
    const keys = ['v-1', 'v-2', 'v-3', 'v-4']
    for (const key of keys) await visitors.write(key, storedVisitor(1, key))
    tables.proxy.plan('BatchGetItem', 'partial', 'throttle', 'broken', 'partial')
    expect([...(await visitors.read(keys)).keys()].sort()).toEqual(keys)
    tables.proxy.chance((operation) => (operation === 'BatchGetItem' ? 'throttle' : null))
    await expect(visitors.read(keys)).rejects.toMatchObject({ code: 'HEM_AWS_UNAVAILABLE', retryable: true })
  })

  test('holds a write whose answer was lost, once', async () => {
    const visitors = await openVisitors()
    tables.proxy.plan('UpdateItem', 'throttle', 'lost')
    await visitors.write('v-1', storedVisitor(3, 'a'))
    expect((await visitors.read(['v-1'])).get('v-1')).toEqual(storedVisitor(3, 'a'))
  })

  test('holds nobody whose time is over, though the item is still there', async () => {
    const clock = manualClock(NOON_MS)
    const visitors = await openVisitors(clock)
    await visitors.write('v-1', storedVisitor(1, 'a'))
    await visitors.writeUser('42', { visitorKey: 'v-1', position: kinesisPosition('s', '1') })
    clock.advance(90 * DAY_MS + 1000)
    expect((await visitors.read(['v-1'])).size).toBe(0)
    expect(await visitors.visitorOfUser('42')).toBeNull()
    await visitors.write('v-1', storedVisitor(2, 'b'))
    expect((await visitors.read(['v-1'])).get('v-1')).toEqual(storedVisitor(2, 'b'))
  })

  test('names the recommended products in plain text, under the visitor’s key', async () => {
    const table = await tables.table()
    const visitors = await openVisitors(manualClock(NOON_MS), table)
    await visitors.write('v-1', storedVisitor(7, '15970', '39386'))
    const { Item } = await tables.client.send(new GetItemCommand({ TableName: table, Key: { user_id: { S: 'v-1' } } }))
    expect(Item?.['recommended_products']).toEqual({ L: [{ S: '15970' }, { S: '39386' }] })
    expect(Item?.['sequence_number']?.S).toBe('7'.padStart(56, '0'))
  })

  test('finds the users of a forgotten browser, and takes any number of them', async () => {
    const visitors = await openVisitors()
    await visitors.write('kiosk', storedVisitor(1, 'a'))
    const users = Array.from({ length: 45 }, (_, nth) => `${nth}`)
    for (const [nth, userId] of users.entries()) {
      await visitors.writeUser(userId, { visitorKey: 'kiosk', position: kinesisPosition('s', `${nth + 1}`) })
    }
    await visitors.writeUser('1', { visitorKey: 'elsewhere', position: kinesisPosition('s', '100') })
    await visitors.forget({ visitorKeys: ['kiosk'], userIds: [] })
    expect((await visitors.read(['kiosk'])).size).toBe(0)
    expect([await visitors.visitorOfUser('0'), await visitors.visitorOfUser('1')]).toEqual([null, 'elsewhere'])
  })

  test('keeps a visitor who calls himself like an entry of another kind apart from it', async () => {
    const place = await shelfPlace()
    const visitors = await openVisitors(manualClock(NOON_MS), place.table)
    const shelf = openShelf(place)
    await shelf.write(batchOf({ lists: new Map([['similar:1', storedVisitor(1, 'b').entry.home]]) }))
    await visitors.write('hemline:list:similar:1', storedVisitor(1, 'a'))
    const { lists } = await shelf.read({ products: [], lists: ['similar:1'], trends: [] })
    expect(lists.get('similar:1')?.items.map(({ product_id }) => product_id)).toEqual(['b'])
  })

  test.each([
    ['short', 5],
    ['long', 36],
  ])('takes at most 4 KB for a visitor of a long visit where product ids are %s', async (_title, characters) => {
    const table = await tables.table()
    const visitors = await openVisitors(manualClock(NOON_MS), table)
    const before = longVisit(characters)
    await visitors.write('v-1', before)
    const { Item = {} } = await tables.client.send(
      new GetItemCommand({ TableName: table, Key: { user_id: { S: 'v-1' } } }),
    )
    const bytes = Object.entries(Item).reduce((sum, [name, { S, N, B, L }]) => {
      const texts = (L ?? []).reduce((total, { S: text = '' }) => total + text.length + 1, 0)
      return sum + name.length + (S ?? N ?? '').length + (B?.length ?? 0) + texts
    }, 0)
    expect(bytes).toBeLessThanOrEqual(4096)
    const after = (await visitors.read(['v-1'])).get('v-1')
    expect(after?.entry.home.items.length).toBeGreaterThanOrEqual(20)
    expect(after?.entry.home.items).toEqual(before.entry.home.items.slice(0, after?.entry.home.items.length))
    expect(after?.memory.state?.items.at(-1)).toBe(before.memory.state?.items.at(-1))
  })
})

const batchOf = (changes: Partial<Parameters<ShopShelf['write']>[0]>): Parameters<ShopShelf['write']>[0] => ({
  products: [],
  lists: new Map(),
  trends: new Map(),
  rules: [],
  checkpoint: null,
  productCount: 0,
  ...changes,
})

const likeViewed = (product: string) => ({ code: 'like_viewed', params: { product } })

/** 60 products in either list and 120 of the visit, with ids that compress as badly as may be. */
function longVisit(characters: number): StoredVisitor {
  let seed = 7
  const id = (): string => {
    let text = ''
    while (text.length < characters) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      text += characters > 10 ? seed.toString(16) : String(seed % 10)
    }
    return text.slice(0, characters)
  }
  const ids = (count: number) => Array.from({ length: count }, id)
  const visitor = storedVisitor(9, ...ids(120))
  const list = (): StoredList => ({
    ...visitor.entry.home,
    items: ids(60).map((product_id, nth) => ({
      product_id,
      score: Math.round((1e6 * (60 - nth)) / (61 + (nth % 7))) / 1e6,
      reason: nth % 3 === 0 ? likeViewed(id()) : { code: 'popular', params: {} },
    })),
  })
  const seen = Array.from(
    { length: 40 },
    (_, nth) => randomBytes(8).toString('base64url').slice(0, 9) + String(nth % 10),
  )
  return {
    ...visitor,
    memory: { ...visitor.memory, seen },
    entry: { ...visitor.entry, home: list(), cart: list(), recent: ids(20), excluded: ids(4) },
  }
}

describe('the shelf', () => {
  test('lays out more lists than calls may hold, and those that a call left undone', async () => {
    const shelf = openShelf(await shelfPlace())
    const keys = Array.from({ length: 210 }, (_, nth) => `similar:${nth}`)
    tables.proxy.plan('BatchWriteItem', 'throttle', 'partial', 'lost')
    await shelf.write(batchOf({ lists: new Map(keys.map((key) => [key, storedVisitor(1, key).entry.home])) }))
    expect((await shelf.read({ products: [], lists: keys, trends: [] })).lists.size).toBe(210)
  })

  test('shows other readers what is new within seconds, and goes on from memory where it cannot look', async () => {
    const place = await shelfPlace()
    const clock = manualClock(NOON_MS)
    const writer = openShelf(place)
    const reader = openShelf(place, clock)
    const pageOf = async () => [...(await reader.read({ products: ['1', '2'], lists: [], trends: [] })).products.keys()]
    expect(await reader.facts()).toBeNull()
    await writer.write(batchOf({ products: [aProduct('1')], productCount: 1 }))
    clock.advance(16_000)
    expect(await pageOf()).toEqual(['1'])
    await writer.write(batchOf({ products: [aProduct('2')], productCount: 2 }))
    expect(await pageOf()).toEqual(['1'])
    clock.advance(16_000)
    expect([await pageOf(), (await reader.facts())?.productCount]).toEqual([['1', '2'], 2])
    const { read } = place.published
    Object.assign(place.published, { read: () => Promise.reject(new Error('no answer')) })
    clock.advance(16_000)
    expect([await pageOf(), place.stale.length]).toEqual([['1', '2'], 1])
    Object.assign(place.published, { read })
  })

  test('keeps the same rules as the same array', async () => {
    const place = await shelfPlace()
    const clock = manualClock(NOON_MS)
    const writer = openShelf(place)
    const reader = openShelf(place, clock)
    await writer.write(batchOf({ productCount: 1 }))
    const before = (await reader.facts())?.rules
    await writer.write(batchOf({ productCount: 2 }))
    clock.advance(16_000)
    const after = await reader.facts()
    expect([after?.productCount, after?.rules === before]).toEqual([2, true])
  })

  test('refuses one of two learners that write at once', async () => {
    const place = await shelfPlace()
    const [first, second] = [openShelf(place), openShelf(place)]
    await first.write(batchOf({ products: [aProduct('0')] }))
    const outcomes = await Promise.allSettled(
      [first, second].map((shelf, nth) => shelf.write(batchOf({ products: [aProduct(`${nth + 1}`)] }))),
    )
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused).toMatchObject([{ reason: { code: 'HEM_SERVING_SUPERSEDED', retryable: true } }])
  })
})
