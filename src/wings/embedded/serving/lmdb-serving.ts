/**
 * embedded/serving/lmdb-serving: the serving store in LMDB, shared by all threads of the process.
 *
 * In: batches of slates, lists and products with the checkpoint they stand for.
 * Out: ready answers, some 30 µs each.
 * Invariant: a batch and its checkpoint become visible together or not at all. Nothing here waits for the disk: a power
 * cut may spoil the files, `serving-files.ts` then throws them away, and the stream makes them again.
 */
import { createHash, hash, randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { open, TransactionFlags, type RootDatabase } from 'lmdb'
import type { Product } from '../../../parts/event/product.ts'
import type { Rule } from '../../../parts/event/rule.ts'
import type { ForgettingStore, ServingStore } from '../../../parts/serving/port.ts'
import { packEntry, packList, unpackEntry, unpackList } from '../../../parts/serving/packed.ts'
import type { PackedEntry, PackedList } from '../../../parts/serving/packed.ts'
import type { ServingBatch, ServingCheckpoint, TrendEntry } from '../../../parts/serving/slate.ts'
import { createServingFacts, type ServingFacts } from './serving-facts.ts'
import { clearServingPages } from './serving-pages.ts'

/** Reserved address space, not disk: the file grows as it fills. */
const MAP_BYTES = 2 ** 36
/** LMDB takes keys up to 1,978 bytes; longer names go by their hash. */
const MAX_KEY_BYTES = 512

/** Of 0.5 to 2 KB each; what does not fit is parsed at each read. */
const MAX_KEPT_PRODUCTS = 20_000

const CHECKPOINT_KEY = 'checkpoint'
const PRODUCT_COUNT_KEY = 'product_count'
const RULES_KEY = 'rules'
const SALT_KEY = 'salt'
const USER_PREFIX = 'user:'
/** Some milliseconds of looking. */
const USERS_PER_SLICE = 1000
const SALT_BYTES = 16

export interface ServingStoreOptions {
  /** Place of the LMDB files. */
  readonly folder: string
  /** `memory` of the facts that all threads of the store share. */
  readonly facts: SharedArrayBuffer
}

export interface EmbeddedServingStore extends ServingStore, ForgettingStore {
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
  const keys = personKeys(saltOf(db))

  // LMDB keeps one read view per turn of the event loop; another thread's write shows only after a reset.
  const read = <T>(key: string): T | null => {
    db.resetReadTxn()
    return (db.get(boundedKey(key)) as T | undefined) ?? null
  }

  const unpacked = <Packed, T>(packed: Packed | null, unpack: (packed: Packed) => T): T | null =>
    packed === null ? null : unpack(packed)

  return {
    visitor: (visitorKey) => unpacked(read<PackedEntry>(keys.visitor(visitorKey)), unpackEntry),
    visitorOfUser: (userId) => read<string>(keys.user(userId)),
    product: keepProducts(facts, (productId) => read<Product>(`product:${productId}`)),
    list: (kind, subject) => unpacked(read<PackedList>(`list:${kind}:${subject}`), unpackList),
    rules: keepRules(facts, () => read<readonly Rule[]>(RULES_KEY) ?? []),
    trend: (key) => read<readonly TrendEntry[]>(`trend:${key}`) ?? [],
    // Asked for at every read of a slate, so from memory where this process has written one.
    checkpoint: () => facts.checkpoint() ?? read<ServingCheckpoint>(CHECKPOINT_KEY),
    productCount: () => read<number>(PRODUCT_COUNT_KEY) ?? 0,
    async write(batch) {
      writeBatch(db, batch, keys)
      facts.publish(batch.checkpoint, batch.products.length > 0 || batch.rules !== undefined)
    },
    *products() {
      db.resetReadTxn()
      for (const { value } of db.getRange({ start: 'product:', end: 'product;' })) yield value as Product
    },
    copyTo: (folder) => db.backup(folder, true),
    async forget({ visitorKeys, userIds }) {
      removeAll(db, [...visitorKeys.map(keys.visitor), ...userIds.map(keys.user)])
      // Another account may have been seen at one of the browsers last.
      const seenAt = new Set<unknown>(visitorKeys)
      let start: string | null = USER_PREFIX
      while (start !== null) {
        const users: readonly { key: string; value: unknown }[] = [
          ...db.getRange({ start, end: `${USER_PREFIX}~`, limit: USERS_PER_SLICE }),
        ]
        removeAll(
          db,
          users.filter(({ value }) => seenAt.has(value)).map(({ key }) => key),
        )
        start = users.length < USERS_PER_SLICE ? null : `${users.at(-1)?.key ?? ''}\0`
        await setImmediate()
      }
    },
    clearForgotten: () => clearServingPages(db),
    close: () => db.close(),
  }
}

function removeAll(db: RootDatabase<unknown, string>, gone: readonly string[]): void {
  const remove = (): void => {
    for (const key of gone) db.removeSync(key)
  }
  db.transactionSync(remove, TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH)
}

interface PersonKeys {
  visitor(visitorKey: string): string
  user(userId: string): string
}

/** Salted hashes: keys stay in the tree when their entries are gone. */
function personKeys(salt: string): PersonKeys {
  return {
    visitor: (visitorKey) => `visitor:${hash('sha256', `${salt}visitor:${visitorKey}`, 'base64url')}`,
    user: (userId) => `${USER_PREFIX}${hash('sha256', `${salt}user:${userId}`, 'base64url')}`,
  }
}

/** The store's own, made when it is. A store without one names people in its keys: it is made again from the stream. */
function saltOf(db: RootDatabase<unknown, string>): string {
  const make = (): string => {
    const known = db.get(SALT_KEY) as string | undefined
    if (known !== undefined) return known
    const salt = randomBytes(SALT_BYTES).toString('base64url')
    db.clearSync()
    db.putSync(SALT_KEY, salt)
    return salt
  }
  return db.transactionSync(make, TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH)
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

function writeBatch(db: RootDatabase<unknown, string>, batch: ServingBatch, keys: PersonKeys): void {
  const write = () => {
    const put = (key: string, value: unknown) => db.putSync(boundedKey(key), value)
    for (const [visitorKey, entry] of batch.visitors) put(keys.visitor(visitorKey), packEntry(entry))
    for (const [userId, visitorKey] of batch.visitorsOfUsers) put(keys.user(userId), visitorKey)
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
