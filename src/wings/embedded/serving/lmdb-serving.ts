/**
 * embedded/serving/lmdb-serving: the serving store in LMDB, shared by all threads of the process.
 *
 * In: batches of slates, lists and products with the checkpoint they stand for.
 * Out: ready answers, some 30 µs each.
 * Invariant: a batch and its checkpoint become visible together or not at all. Nothing here waits for the disk: a power
 * cut may spoil the files, `serving-files.ts` then throws them away, and the stream makes them again.
 */
import { createHash } from 'node:crypto'
import { open, TransactionFlags, type RootDatabase } from 'lmdb'
import type { Product } from '../../../parts/event/product.ts'
import type { Rule } from '../../../parts/event/rule.ts'
import type { ServingStore } from '../../../parts/serving/port.ts'
import { packEntry, packList, unpackEntry, unpackList } from '../../../parts/serving/packed.ts'
import type { PackedEntry, PackedList } from '../../../parts/serving/packed.ts'
import type { ServingBatch, ServingCheckpoint, TrendEntry } from '../../../parts/serving/slate.ts'
import { createServingFacts, type ServingFacts } from './serving-facts.ts'

/** Reserved address space, not disk: the file grows as it fills. */
const MAP_BYTES = 2 ** 36
/** LMDB takes keys up to 1,978 bytes; longer names go by their hash. */
const MAX_KEY_BYTES = 512

/** Of 0.5 to 2 KB each; what does not fit is parsed at each read. */
const MAX_KEPT_PRODUCTS = 20_000

const CHECKPOINT_KEY = 'checkpoint'
const PRODUCT_COUNT_KEY = 'product_count'
const RULES_KEY = 'rules'

export interface ServingStoreOptions {
  /** Place of the LMDB files. */
  readonly folder: string
  /** `memory` of the facts that all threads of the store share. */
  readonly facts: SharedArrayBuffer
}

export interface EmbeddedServingStore extends ServingStore {
  /** The whole catalogue. */
  products(): Iterable<Product>
  /** Copies the store as of one moment into an existing folder. */
  copyTo(folder: string): Promise<void>
}

/** Opens the store, creating it where absent. */
export function openServingStore(options: ServingStoreOptions): EmbeddedServingStore {
  const db: RootDatabase<unknown, string> = open({
    path: options.folder,
    encoding: 'json',
    mapSize: MAP_BYTES,
    maxReaders: 64,
    noSync: true,
  })
  const facts = createServingFacts(options.facts)

  // LMDB keeps one read view per turn of the event loop; another thread's write shows only after a reset.
  const read = <T>(key: string): T | null => {
    db.resetReadTxn()
    return (db.get(boundedKey(key)) as T | undefined) ?? null
  }

  const unpacked = <Packed, T>(packed: Packed | null, unpack: (packed: Packed) => T): T | null =>
    packed === null ? null : unpack(packed)

  return {
    visitor: (visitorKey) => unpacked(read<PackedEntry>(`visitor:${visitorKey}`), unpackEntry),
    visitorOfUser: (userId) => read<string>(`user:${userId}`),
    product: keepProducts(facts, (productId) => read<Product>(`product:${productId}`)),
    list: (kind, subject) => unpacked(read<PackedList>(`list:${kind}:${subject}`), unpackList),
    rules: keepRules(facts, () => read<readonly Rule[]>(RULES_KEY) ?? []),
    trend: (key) => read<readonly TrendEntry[]>(`trend:${key}`) ?? [],
    // Asked for at every read of a slate, so from memory where this process has written one.
    checkpoint: () => facts.checkpoint() ?? read<ServingCheckpoint>(CHECKPOINT_KEY),
    productCount: () => read<number>(PRODUCT_COUNT_KEY) ?? 0,
    async write(batch) {
      writeBatch(db, batch)
      facts.publish(batch.checkpoint, batch.products.length > 0 || batch.rules !== undefined)
    },
    *products() {
      db.resetReadTxn()
      for (const { value } of db.getRange({ start: 'product:', end: 'product;' })) yield value as Product
    },
    copyTo: (folder) => db.backup(folder, true),
    close: () => db.close(),
  }
}

/** Products parsed once: a page joins twenty of them, and parsing was half of a read. */
function keepProducts(facts: ServingFacts, read: (productId: string) => Product | null) {
  const kept = new Map<string, Product>()
  let keptVersion = 0n
  return (productId: string): Product | null => {
    const version = facts.catalogueVersion()
    if (version !== keptVersion) {
      kept.clear()
      keptVersion = version
    }
    const known = kept.get(productId)
    if (known !== undefined) return known
    const product = read(productId)
    if (product !== null && kept.size < MAX_KEPT_PRODUCTS) kept.set(productId, product)
    return product
  }
}

/** Rules parsed once: every read of a slate asks for them. */
function keepRules(facts: ServingFacts, read: () => readonly Rule[]): () => readonly Rule[] {
  let kept: readonly Rule[] | null = null
  let keptVersion = 0n
  return () => {
    const version = facts.catalogueVersion()
    if (kept === null || version !== keptVersion) {
      kept = read()
      keptVersion = version
    }
    return kept
  }
}

function writeBatch(db: RootDatabase<unknown, string>, batch: ServingBatch): void {
  const write = () => {
    const put = (key: string, value: unknown) => db.putSync(boundedKey(key), value)
    for (const [visitorKey, entry] of batch.visitors) put(`visitor:${visitorKey}`, packEntry(entry))
    for (const [userId, visitorKey] of batch.visitorsOfUsers) put(`user:${userId}`, visitorKey)
    for (const [key, list] of batch.lists) put(`list:${key}`, packList(list))
    for (const [key, entries] of batch.trends) put(`trend:${key}`, entries)
    if (batch.products.length > 0) {
      let added = 0
      for (const product of batch.products) {
        if (!db.doesExist(boundedKey(`product:${product.id}`))) added += 1
        put(`product:${product.id}`, product)
      }
      put(PRODUCT_COUNT_KEY, ((db.get(PRODUCT_COUNT_KEY) as number | undefined) ?? 0) + added)
    }
    if (batch.rules !== undefined) put(RULES_KEY, batch.rules)
    put(CHECKPOINT_KEY, batch.checkpoint)
  }
  db.transactionSync(write, TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH)
}

function boundedKey(key: string): string {
  if (key.length <= MAX_KEY_BYTES / 4 || Buffer.byteLength(key) <= MAX_KEY_BYTES) return key
  return `hash:${createHash('sha256').update(key).digest('hex')}`
}
