/**
 * serving/packed: stored lists and visitor entries in the fewest characters, as a serving store keeps them.
 *
 * In: lists whose items repeat the same few reasons.
 * Out: plain JSON values of a quarter of the size, and back; both lists of a visitor stay within 4 KB.
 * Invariant: packing and unpacking gives the same list.
 */
import type { Position } from '../stream/position.ts'
import type { SlateReason, StoredList, VisitorEntry } from './slate.ts'

/** Ids, scores and places in the table of reasons stand in columns; each reason is told once. */
export type PackedList = readonly [
  slateId: string,
  computedAt: string,
  asOf: Position,
  productIds: readonly string[],
  scores: readonly number[],
  reasonOf: readonly number[],
  reasons: readonly SlateReason[],
]

export type PackedEntry = readonly [
  userId: string | null,
  home: PackedList,
  cart: PackedList,
  excluded: readonly string[],
  recent: readonly string[],
  gender: string | null,
]

export function packList(list: StoredList): PackedList {
  const { items } = list
  const reasons: SlateReason[] = []
  const placeOf = (reason: SlateReason): number => {
    // A list has a handful of reasons, so that looking through them beats a key made for each item.
    const known = reasons.findIndex((other) => isSame(other, reason))
    return known === -1 ? reasons.push(reason) - 1 : known
  }
  return [
    list.slate_id,
    list.computed_at,
    list.as_of,
    items.map((item) => item.product_id),
    items.map((item) => item.score),
    items.map((item) => placeOf(item.reason)),
    reasons,
  ]
}

/** The code says which parameters there are. */
function isSame(a: SlateReason, b: SlateReason): boolean {
  if (a === b) return true
  if (a.code !== b.code) return false
  for (const name in a.params) if (a.params[name] !== b.params[name]) return false
  return true
}

export function unpackList([slateId, computedAt, asOf, productIds, scores, reasonOf, reasons]: PackedList): StoredList {
  return {
    slate_id: slateId,
    items: productIds.map((id, nth) => ({ product_id: id, score: scores[nth], reason: reasons[reasonOf[nth]] })),
    computed_at: computedAt,
    as_of: asOf,
  }
}

export function packEntry(entry: VisitorEntry): PackedEntry {
  return [entry.user_id, packList(entry.home), packList(entry.cart), entry.excluded, entry.recent, entry.gender]
}

export function unpackEntry([userId, home, cart, excluded, recent, gender]: PackedEntry): VisitorEntry {
  return { user_id: userId, home: unpackList(home), cart: unpackList(cart), excluded, recent, gender }
}
