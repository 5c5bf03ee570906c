/**
 * aws/serving/dynamo-shelf: what all pages share: the catalogue and the shop's lists in memory, products' own lists in the table.
 *
 * In: batches of one learner at a time.
 * Out: products, lists, trends and facts; what is in memory is `FRESH_MS` old at most, or older while S3 does not answer.
 * Guarantee: lists of products, then the catalogue, then the shop's object with the checkpoint: a write that fails between two of
 *   them is written again, and readers never see a checkpoint without its lists.
 * Invariant: of two learners that write at once one is refused, and leaves the other's catalogue and rules as they are.
 */
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { packList, unpackList, type PackedList } from '../../../parts/serving/packed.ts'
import type { PublishedObjects } from '../../../parts/serving/published.ts'
import type { ShelfBatch, ShelfFacts, ShopShelf } from '../../../parts/serving/shelf.ts'
import type { StoredList, TrendEntry } from '../../../parts/serving/slate.ts'
import type { Product } from '../../../parts/event/product.ts'
import type { Clock } from '../../../std/clock.ts'
import { HemlineError } from '../../../std/errors.ts'
import type { AwsAccess } from '../access.ts'
import { openTable } from './table.ts'
import { deflated, inflated, KEY, listItemKey, type Item } from './visitor-item.ts'

const FRESH_MS = 15_000
const CATALOGUE = 'catalogue'
const SHOP = 'shop'

export interface DynamoShelfOptions {
  readonly access: AwsAccess
  /** Name of the serving table. */
  readonly table: string
  readonly published: PublishedObjects
  readonly clock: Clock
  /** Told that an older version is read on, since the newest could not be read. */
  readonly onStale: (fault: unknown) => void
}

interface Catalogue {
  readonly tag: string
  readonly products: ReadonlyMap<string, Product>
}

interface Shop {
  readonly tag: string
  readonly lists: ReadonlyMap<string, StoredList>
  readonly trends: ReadonlyMap<string, readonly TrendEntry[]>
  readonly facts: ShelfFacts
}

/** As it is published; lists and trends by their keys. */
interface ShopFile {
  readonly lists: readonly (readonly [string, PackedList])[]
  readonly trends: readonly (readonly [string, readonly TrendEntry[]])[]
  readonly facts: ShelfFacts
}

export function openDynamoShelf(options: DynamoShelfOptions): ShopShelf & { close(): void } {
  const { published, clock, onStale } = options
  const table = openTable(options.access, options.table)
  let catalogue: Catalogue | null = null
  let shop: Shop | null = null
  let readMs = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null

  const readNewest = async (): Promise<void> => {
    const askedMs = clock.nowMs()
    // The catalogue first: what the shop's lists name is in a catalogue that is as new.
    catalogue = await newest(catalogue, (tag) => published.read(CATALOGUE, tag), catalogueOf)
    shop = await newest(shop, (tag) => published.read(SHOP, tag), shopOf)
    readMs = askedMs
  }

  const refresh = async (): Promise<void> => {
    if (clock.nowMs() - readMs <= FRESH_MS) return
    reading ??= readNewest().finally(() => {
      reading = null
    })
    try {
      await reading
    } catch (fault) {
      if (shop === null) throw fault
      readMs = clock.nowMs()
      onStale(fault)
    }
  }

  const publish = async (name: string, value: unknown, instead: string | null): Promise<string> => {
    const tag = await published.replace(name, await zipped(value), instead)
    if (tag !== null) return tag
    readMs = Number.NEGATIVE_INFINITY
    throw superseded(name)
  }

  return {
    async read(keys) {
      const own = keys.lists.filter((key) => !isShops(key))
      const [items] = await Promise.all([table.read(own.map(listItemKey)), refresh()])
      const lists = new Map(picked(shop?.lists, keys.lists))
      for (const key of own) {
        const bytes = items.get(listItemKey(key))?.['list']?.B
        if (bytes !== undefined) lists.set(key, unpackList(inflated(bytes) as PackedList))
      }
      return { products: picked(catalogue?.products, keys.products), lists, trends: picked(shop?.trends, keys.trends) }
    },
    async facts() {
      await refresh()
      return shop?.facts ?? null
    },
    async write(batch) {
      await readNewest()
      await table.put([...batch.lists].filter(([key]) => !isShops(key)).map(([key, list]) => listItem(key, list)))
      if (batch.products.length > 0) {
        const products = new Map(catalogue?.products)
        for (const product of batch.products) products.set(product.id, product)
        catalogue = { products, tag: await publish(CATALOGUE, [...products.values()], catalogue?.tag ?? null) }
      }
      const { lists, trends, facts } = changed(shop, batch)
      const file: ShopFile = {
        lists: [...lists].map(([key, list]) => [key, packList(list)] as const),
        trends: [...trends],
        facts,
      }
      shop = { lists, trends, facts, tag: await publish(SHOP, file, shop?.tag ?? null) }
    },
    close: () => table.close(),
  }
}

/** @returns what is known where nothing is newer */
async function newest<Known extends { readonly tag: string }>(
  known: Known | null,
  read: (tag: string | null) => ReturnType<PublishedObjects['read']>,
  open: (value: unknown, tag: string, known: Known | null) => Known,
): Promise<Known | null> {
  const found = await read(known?.tag ?? null)
  if (found === null || found === 'unchanged') return known
  return open(await unzipped(found.bytes), found.tag, known)
}

function catalogueOf(value: unknown, tag: string): Catalogue {
  return { tag, products: new Map((value as readonly Product[]).map((product) => [product.id, product])) }
}

function shopOf(value: unknown, tag: string, known: Shop | null): Shop {
  const { lists, trends, facts } = value as ShopFile
  // Readers keep what they made of the rules for as long as they are the same array.
  const isSame = known !== null && JSON.stringify(known.facts.rules) === JSON.stringify(facts.rules)
  return {
    tag,
    lists: new Map(lists.map(([key, list]) => [key, unpackList(list)])),
    trends: new Map(trends),
    facts: isSame ? { ...facts, rules: known.facts.rules } : facts,
  }
}

function changed(before: Shop | null, batch: ShelfBatch): Omit<Shop, 'tag'> {
  const { rules, checkpoint, productCount } = batch
  const lists = new Map(before?.lists)
  for (const [key, list] of batch.lists) if (isShops(key)) lists.set(key, list)
  return {
    lists,
    trends: new Map([...(before?.trends ?? []), ...batch.trends]),
    facts: { rules, checkpoint, productCount },
  }
}

/** Whether a list is the whole shop's: its key names no subject. */
function isShops(key: string): boolean {
  return key.endsWith(':')
}

function listItem(key: string, list: StoredList): Item {
  return { [KEY]: { S: listItemKey(key) }, list: { B: deflated(packList(list)) } }
}

function picked<Value>(from: ReadonlyMap<string, Value> | undefined, keys: readonly string[]): Map<string, Value> {
  const found = new Map<string, Value>()
  for (const key of keys) {
    const value = from?.get(key)
    if (value !== undefined) found.set(key, value)
  }
  return found
}

const zip = promisify(gzip)
const unzip = promisify(gunzip)

function zipped(value: unknown): Promise<Uint8Array> {
  return zip(JSON.stringify(value))
}

async function unzipped(bytes: Uint8Array): Promise<unknown> {
  return JSON.parse((await unzip(bytes)).toString('utf8'))
}

function superseded(name: string): HemlineError {
  return new HemlineError('HEM_SERVING_SUPERSEDED', {
    subject: `what all pages share ("${name}")`,
    expected: 'the version that was read',
    got: 'one that another published since',
    remedy: 'let the other finish; what this one knew comes again with its next run',
  })
}
