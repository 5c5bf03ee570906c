/**
 * aws/serving/visitor-item: a visitor as one item of the serving table.
 *
 * In: lists, memory and the position of the newest record they know of.
 * Out: the item's attributes, and back.
 * Invariant: an item of ordinary length takes 4 KB at most; where product ids are long the ends of lists go first, then the
 *   oldest of the visit. What is kept is given back as it was.
 */
import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { VisitorMemory } from '../../../parts/model/session/visitor-state.ts'
import { packEntry, unpackEntry, type PackedEntry } from '../../../parts/serving/packed.ts'
import type { StoredList, VisitorEntry } from '../../../parts/serving/slate.ts'
import type { StoredVisitor } from '../../../parts/serving/visitor-store.ts'
import type { Position } from '../../../parts/stream/position.ts'

export type Item = Record<string, AttributeValue>

/** The table's key. */
export const KEY = 'user_id'
export const SEQUENCE = 'sequence_number'
export const EXPIRES = 'expires_at'

const MAX_ITEM_BYTES = 4096
/** DynamoDB takes keys up to 2,048 bytes. */
const MAX_KEY_BYTES = 1024
/** Keys that are no visitor's begin so. */
const OWN = 'hemline:'
const NUMBER_DIGITS = 56

/** Half of the processor's time for 3 % more bytes, where a few KB are packed. */
const FAST = { level: 1, windowBits: 12, memLevel: 5 }

/** What is left out, step by step, until an item fits: items of each list, products of the visit. */
const FITS = [
  { listItems: Infinity, visitItems: Infinity },
  { listItems: 40, visitItems: 100 },
  { listItems: 24, visitItems: 50 },
  { listItems: 20, visitItems: 20 },
] as const

/** A visitor's own key, but for one that is too long or that could be taken for another kind. */
export function visitorItemKey(visitorKey: string): string {
  if (visitorKey.startsWith(OWN) || Buffer.byteLength(visitorKey) > MAX_KEY_BYTES)
    return hashedKey('visitor', visitorKey)
  return visitorKey
}

export function userItemKey(userId: string): string {
  return hashedKey('user', userId)
}

/** @param key `<kind>:<product id>` */
export function listItemKey(key: string): string {
  return Buffer.byteLength(key) > MAX_KEY_BYTES ? hashedKey('list', key) : `${OWN}list:${key}`
}

function hashedKey(kind: string, name: string): string {
  return `${OWN}${kind}:${createHash('sha256').update(name).digest('base64url')}`
}

/** Numbers of one visitor's records in text that sorts, also from a shard to those it is split into. */
export function sequenceOf({ sequence_number }: Position): AttributeValue {
  return { S: sequence_number.padStart(NUMBER_DIGITS, '0') }
}

/** What a write sets, the key apart. */
export function visitorAttributes(visitor: StoredVisitor, expiresAtS: number): Item {
  const whole = FITS.map((fit) => () => attributesOf(shortened(visitor, fit), expiresAtS))
  let item: Item = {}
  for (const make of whole) {
    item = make()
    if (bytesOf(item) <= MAX_ITEM_BYTES - MAX_KEY_BYTES / 4) break
  }
  return item
}

function attributesOf({ position, memory, entry }: StoredVisitor, expiresAtS: number): Item {
  const packed = packEntry(entry)
  const [userId, home, ...rest] = packed
  // The ids of the home list stand for themselves, so that they can be read without Hemline.
  const slates = [userId, home.with(IDS, []), ...rest]
  return {
    recommended_products: { L: home[IDS].map((id) => ({ S: id })) },
    slates: { B: deflated(slates) },
    session: { B: deflated(memory) },
    shard: { S: position.shard },
    [SEQUENCE]: sequenceOf(position),
    [EXPIRES]: { N: String(expiresAtS) },
  }
}

/** Place of the ids in a packed list. */
const IDS = 3

/** @returns null where the item is none of a visitor, or has expired */
export function visitorOf(item: Item, nowMs: number): StoredVisitor | null {
  const { slates, session, shard, recommended_products: ids } = item
  if (slates?.B === undefined || session?.B === undefined || isExpired(item, nowMs)) return null
  const [userId, home, ...rest] = inflated(slates.B) as PackedEntry
  const whole = home.with(
    IDS,
    (ids?.L ?? []).map(({ S }) => S ?? ''),
  )
  return {
    position: { shard: shard?.S ?? '', sequence_number: item[SEQUENCE]?.S ?? '' },
    memory: inflated(session.B) as VisitorMemory,
    entry: unpackEntry([userId, whole, ...rest] as unknown as PackedEntry),
  }
}

/** Expired items stay in the table for hours or days. */
export function isExpired(item: Item, nowMs: number): boolean {
  return Number(item[EXPIRES]?.N ?? Infinity) * 1000 <= nowMs
}

export function deflated(value: unknown): Uint8Array {
  return deflateRawSync(JSON.stringify(value), FAST)
}

export function inflated(bytes: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(bytes).toString('utf8'))
}

function shortened(visitor: StoredVisitor, fit: (typeof FITS)[number]): StoredVisitor {
  const { entry, memory } = visitor
  const state = memory.state
  const visitItems = (state?.items.length ?? 0) - fit.visitItems
  return {
    ...visitor,
    entry: {
      ...entry,
      home: cut(entry.home, fit.listItems),
      cart: cut(entry.cart, fit.listItems),
    } satisfies VisitorEntry,
    memory:
      state === null || visitItems <= 0
        ? memory
        : {
            ...memory,
            state: { ...state, items: state.items.slice(visitItems), weights: state.weights.slice(visitItems) },
          },
  }
}

function cut(list: StoredList, items: number): StoredList {
  return list.items.length <= items ? list : { ...list, items: list.items.slice(0, items) }
}

function bytesOf(item: Item): number {
  let bytes = 0
  for (const [name, { S, N, B, L }] of Object.entries(item)) {
    bytes += name.length + Buffer.byteLength(S ?? N ?? '') + (B?.length ?? 0)
    for (const { S: text = '' } of L ?? []) bytes += Buffer.byteLength(text) + 1
  }
  return bytes
}
