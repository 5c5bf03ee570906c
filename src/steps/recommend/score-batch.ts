/**
 * recommend/score-batch: a batch of the stream becomes the lists of its visitors, where sessions rest apart from the model.
 *
 * In: records of one shard in order; a model of any age; where visitors rest.
 * Out: each visitor of the batch once: memory, lists and the position of their newest record, in one conditional write.
 * Guarantee: effectively once: a record at or before the position that rests with its visitor is skipped, so a batch may come
 *   again whole, in part, or twice at once.
 * Malformed: a record that cannot be followed is set aside with its reason, and the visitor's others are followed.
 * Invariant: a fault of the store says from where the batch is to come again, and nothing after it is lost.
 */
import { accountKey } from '../../parts/model/session/known-users.ts'
import {
  joinStates,
  withVisitor,
  type VisitorMemory,
  type VisitorState,
} from '../../parts/model/session/visitor-state.ts'
import type { Model } from '../../parts/model/model.ts'
import type { VisitorEntry } from '../../parts/serving/slate.ts'
import type { StoredVisitor, VisitorStore } from '../../parts/serving/visitor-store.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { EventsRecord, StoredRecord } from '../../parts/stream/record.ts'
import { changesSlate } from './apply-record.ts'
import { followRecord, NO_MEMORY } from './follow-record.ts'
import { visitorEntry } from './lists.ts'

/** Visitors written at once. */
const WRITES_AT_ONCE = 16

export interface ScoreOptions {
  readonly model: Model
  readonly visitors: VisitorStore
  /** ISO 8601 UTC. */
  readonly computedAt: string
  /** Keeps a record that cannot be followed. Resolves when it is kept. */
  readonly setAside: (stored: StoredRecord, fault: unknown) => Promise<void>
}

export interface ScoredBatch {
  /** Visitors whose lists are new. */
  readonly written: number
  readonly setAside: number
  /** The first record whose visitor could not be written, and why; null where all is done. */
  readonly failed: { readonly from: Position; readonly fault: unknown } | null
}

interface VisitorRecord {
  readonly position: Position
  readonly record: EventsRecord
}

interface Fault {
  readonly stored: StoredRecord
  readonly fault: unknown
}

/** What is to be written of one visitor. */
interface Work {
  readonly key: string
  /** The first record that is not in the store yet. */
  readonly from: Position
  readonly upTo: Position
  readonly memory: VisitorMemory
  readonly left: ReadonlyMap<string, VisitorState>
  readonly visitorsOfUsers: ReadonlyMap<string, string>
}

/** @param records of one shard, oldest first */
export async function scoreBatch(records: readonly StoredRecord[], options: ScoreOptions): Promise<ScoredBatch> {
  const byVisitor = Map.groupBy(records.filter(isOfVisitor), ({ record }) => record.visitor_key)
  const stored = await options.visitors.read([...byVisitor.keys()])
  const faults: Fault[] = []
  const works: Work[] = []
  for (const [key, mine] of byVisitor) {
    const work = follow(key, mine, stored.get(key) ?? null, faults)
    if (work !== null) works.push(work)
  }
  for (const { stored: record, fault } of faults) await options.setAside(record, fault)
  const failures: { readonly from: Position; readonly fault: unknown }[] = []
  for (let first = 0; first < works.length; first += WRITES_AT_ONCE) {
    await Promise.all(
      works.slice(first, first + WRITES_AT_ONCE).map(async (work) => {
        try {
          await write(work, options)
        } catch (fault) {
          failures.push({ from: work.from, fault })
        }
      }),
    )
  }
  failures.sort((left, right) => (left.from.sequence_number < right.from.sequence_number ? -1 : 1))
  return { written: works.length - failures.length, setAside: faults.length, failed: failures[0] ?? null }
}

function isOfVisitor(stored: StoredRecord): stored is VisitorRecord {
  return stored.record.kind === 'events'
}

function follow(
  key: string,
  records: readonly VisitorRecord[],
  before: StoredVisitor | null,
  faults: Fault[],
): Work | null {
  let memory = before?.memory ?? NO_MEMORY
  let from: Position | null = null
  let upTo: Position | null = null
  const left = new Map<string, VisitorState>()
  const visitorsOfUsers = new Map<string, string>()
  for (const { position, record } of records) {
    // Numbers of one key rise, also from a shard to the one it is split into.
    if (before !== null && position.sequence_number <= before.position.sequence_number) continue
    try {
      const followed = followRecord(memory, record)
      // That a list was shown is no news, and most of what comes; who the visitor is, is.
      if (!changesSlate(record) && followed.memory.userId === memory.userId) continue
      memory = followed.memory
      from ??= position
      upTo = position
      for (const [userId, state] of followed.left) left.set(userId, joinStates(state, left.get(userId) ?? null))
      for (const [userId, visitorKey] of followed.visitorsOfUsers) visitorsOfUsers.set(userId, visitorKey)
    } catch (fault) {
      faults.push({ stored: { position, record }, fault })
    }
  }
  if (from === null || upTo === null) return null
  return { key, from, upTo, memory, left, visitorsOfUsers }
}

/** The visitor last: as long as they are not written, the rest is done again. */
async function write(work: Work, options: ScoreOptions): Promise<void> {
  const { visitors } = options
  const accounts = await visitors.read([...work.left.keys()].map(accountKey))
  for (const [userId, state] of work.left) {
    const key = accountKey(userId)
    const account = accounts.get(key)?.memory ?? NO_MEMORY
    const memory = { ...account, userId, state: joinStates(state, account.state) }
    await visitors.write(key, { position: work.upTo, memory, entry: entryOf(key, memory, work.upTo, options) })
  }
  for (const [userId, visitorKey] of work.visitorsOfUsers) {
    await visitors.writeUser(userId, { visitorKey, position: work.upTo })
  }
  const entry = entryOf(work.key, work.memory, work.upTo, options)
  await visitors.write(work.key, { position: work.upTo, memory: work.memory, entry })
}

function entryOf(
  key: string,
  { state, userId }: VisitorMemory,
  asOf: Position,
  { model, computedAt }: ScoreOptions,
): VisitorEntry {
  return withVisitor(model, { key, state, userId }, () => visitorEntry({ model, asOf, computedAt }, key))
}
