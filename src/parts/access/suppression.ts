/**
 * access/suppression: who has been erased, known by keyed hashes alone.
 *
 * In: ids of users and visitors, and the installation's secret.
 * Out: hashes; whether an id is suppressed; the list of erasures, which lies in `erasures.json` of the data folder (readable by
 *   its owner only, see `wings/embedded/access/erasure-file.ts`) with the receipt of each.
 * For backups: `erasures.json` and `hash-key` belong to every backup. Who restores one merges its list with that of the folder
 *   it replaces (`mergeErasures`) and marks all as due (`allDue`): the next start of a pipeline on the folder erases again
 *   whatever the restored files brought back, before it says it is ready. A killed run is completed in the same way.
 * Invariant: no id stands in the list, and without the secret none can be guessed from it.
 */
import { createHmac } from 'node:crypto'

export type PersonKind = 'user' | 'visitor'

/** Counts of what one run took away; no ids. */
export interface ErasureReceipt {
  readonly finished_at: string
  readonly duration_ms: number
  /** Places, in the order of the run, with what went there. */
  readonly removed: readonly RemovedAt[]
}

export interface RemovedAt {
  /** Such as "stream", "model" or "clean.clickstreams". */
  readonly place: string
  /** What was counted, such as "events", "rows" or "files"; never below 0. */
  readonly counts: Readonly<Record<string, number>>
}

export interface Erasure {
  readonly erasure_id: string
  /** What was asked for: one browser, or a person with all browsers that are theirs alone. */
  readonly kind: PersonKind
  /** Hashes by `personHash`: what was asked for first, then the browsers found with it. */
  readonly people: readonly string[]
  /** ISO 8601 UTC. What was received later is not part of it: who comes back is a new visitor. */
  readonly erased_at: string
  /** `due` until a run has come to its end on these files. */
  readonly state: 'due' | 'done'
  /** From when on nightly copies may hold the person again, or null. */
  readonly readmitted_at: string | null
  /** Of the newest run, or null before the first has ended. */
  readonly receipt: ErasureReceipt | null
}

/** Where the list rests. */
export interface ErasureStore {
  /** Whether there is a list, be it empty. */
  isThere(): boolean
  /** All erasures, oldest first. */
  list(): readonly Erasure[]
  /** A list in place of whatever is there. */
  replace(erasures: readonly Erasure[]): void
  /** Adds an erasure, or puts it in place of the one with its id; on disk when it returns. */
  put(erasure: Erasure): void
}

/** @param hashKey hex */
export function personHash(kind: PersonKind, id: string, hashKey: string): string {
  return createHmac('sha256', Buffer.from(hashKey, 'hex')).update(`${kind}:${id}`).digest('hex')
}

/** From when on rows of a user may be copied from the shop: null is never, '' is always. */
export type Admission = (userId: string) => string | null

/**
 * What the nightly copy asks of each user. An erased one stays out until readmitted, and then with later rows alone.
 *
 * @returns null where nobody has been erased, so that nobody needs to be asked for
 */
export function admissionBy(erasures: readonly Erasure[], hashKey: string): Admission | null {
  const from = new Map<string, string | null>()
  for (const { people, readmitted_at: readmitted } of erasures) for (const hash of people) from.set(hash, readmitted)
  if (from.size === 0) return null
  return (userId) => {
    const known = from.get(personHash('user', userId, hashKey))
    return known === undefined ? '' : known
  }
}

/** Both lists as one, oldest erasure first; where both know one, the newer word on readmission counts. */
export function mergeErasures(left: readonly Erasure[], right: readonly Erasure[]): readonly Erasure[] {
  const merged = new Map(left.map((erasure) => [erasure.erasure_id, erasure]))
  for (const erasure of right) {
    const known = merged.get(erasure.erasure_id)
    const readmitted = [known?.readmitted_at ?? null, erasure.readmitted_at].filter((at) => at !== null).toSorted()
    const people = [...new Set([...(known?.people ?? []), ...erasure.people])]
    merged.set(erasure.erasure_id, { ...erasure, people, readmitted_at: readmitted.at(-1) ?? null })
  }
  return [...merged.values()].toSorted((a, b) => (a.erased_at < b.erased_at ? -1 : 1))
}

/** All erasures, to be done again: for files that come from a backup. */
export function allDue(erasures: readonly Erasure[]): readonly Erasure[] {
  return erasures.map((erasure) => ({ ...erasure, state: 'due' }))
}
