/**
 * recommend/learner: learns from records in order, and makes each visitor's slate as of their newest record.
 *
 * In: records of the stream, a model, and up to where the stored slates are right.
 * Out: what the records touched; entries of visitors, each a function of the log up to its visitor's newest record.
 * Invariant: learning never waits for more than `SLATES_PER_TURN` slates. In a burst a visitor gets a slate from a newer model
 *   first, newest visitor first, and owes the one that is due; `settle-slates.ts` makes it once there is time.
 */
import { markPosition, type Model } from '../../parts/model/model.ts'
import type { VisitorEntry } from '../../parts/serving/slate.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import { embeddedPosition, type Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import { formatTime } from '../../parts/event/time.ts'
import type { Clock } from '../../std/clock.ts'
import { applyRecord, type Touched } from './apply-record.ts'
import { visitorEntry, type ListContext } from './lists.ts'
import { createOwedSlates, type OwedSlates } from './owed-slates.ts'
import type { PendingLists } from './pending-lists.ts'
import { createRecordQueue } from './record-queue.ts'
import { createSettling, positionOf } from './settle-slates.ts'

/** Slates computed between two writes, so that the newest visitor never waits long. */
const SLATES_PER_TURN = 16
/** Owed slates; above it each is made as its record is learned, however many records wait. */
const OWED_MAX = 100_000
/** So long after a burst its slates are settled. */
const SETTLE_AFTER_MS = 2000

export interface LearnerOptions {
  readonly reader: StreamReader
  readonly clock: Clock
  readonly model: Model
  /** Up to where stored slates are as the log defines them. */
  readonly served: Position | null
  readonly pendingLists: PendingLists
  /** Told of a record at which learning failed; a restart may tell of it again. */
  readonly onNotLearned: (stored: StoredRecord, fault: unknown) => void
  /** The newest model kept that knows nothing of the record. */
  readonly loadModel: (before: Position | null) => Promise<Model>
}

export interface Learner {
  readonly owed: OwedSlates
  /** Newest position learned from, or null. */
  learned(): Position | null
  isCaughtUp(): boolean
  /** The model as it is now, for a list. */
  context(): ListContext
  /** Learns some records and makes slates; adds to what they touched. @returns how many records, and the entries */
  learnSome(touched: Touched): Promise<{ readonly records: number; readonly visitors: Map<string, VisitorEntry> }>
  /** Entries that a burst left owed; null where none are, or where the burst is too fresh. */
  settleSome(): Promise<ReadonlyMap<string, VisitorEntry> | null>
  /** People are forgotten: none of them is owed a slate, and no second model knows them. */
  forget(visitorKeys: Iterable<string>): void
}

export function createLearner(options: LearnerOptions): Learner {
  const { reader, clock, model, served, pendingLists } = options
  const owed = createOwedSlates()
  const queue = createRecordQueue(reader)
  const settling = createSettling({ reader, owed, loadModel: options.loadModel })
  // The model may be ahead of the slates or behind them; reading starts at the older of the two.
  let read = olderPosition(positionOf(model), served)
  let burstMs = Number.NEGATIVE_INFINITY

  const now = (): string => formatTime(clock.nowMs())
  const context = (): ListContext => ({ model, asOf: positionOf(model) ?? embeddedPosition(0), computedAt: now() })

  const learn = (stored: StoredRecord, touched: Touched, visitors: Map<string, VisitorEntry>): void => {
    const { position } = stored
    touched.visitors.clear()
    touched.productLists.clear()
    const learns = isAfter(position, positionOf(model))
    const fault = applyRecord(model, stored, touched, learns)
    if (fault !== null) options.onNotLearned(stored, fault)
    markPosition(model, position.sequence_number)
    const before = read
    read = position
    for (const productId of touched.productLists) pendingLists.add(productId, before)
    if (!isAfter(position, served)) return
    for (const visitorKey of touched.visitors) {
      owed.owe(visitorKey, { at: position, before })
      if (!learns || queue.isBurst() || queue.holdsLater(visitorKey)) continue
      visitors.set(visitorKey, visitorEntry(context(), visitorKey))
      owed.settle(visitorKey)
    }
  }

  return {
    owed,
    learned: () => read,
    isCaughtUp: queue.isCaughtUp,
    context,
    async learnSome(touched) {
      await queue.fill(read, owed.size < OWED_MAX)
      if (queue.isBurst()) burstMs = clock.nowMs()
      const visitors = new Map<string, VisitorEntry>()
      let records = 0
      for (; visitors.size < SLATES_PER_TURN; records++) {
        const stored = queue.next()
        if (stored === null) break
        learn(stored, touched, visitors)
      }
      for (const key of owed.take(SLATES_PER_TURN - visitors.size)) visitors.set(key, visitorEntry(context(), key))
      return { records, visitors }
    },
    forget(visitorKeys) {
      for (const key of visitorKeys) owed.settle(key)
      settling.end()
    },
    async settleSome() {
      if (owed.size === 0) settling.end()
      if (owed.size === 0 || read === null || clock.nowMs() - burstMs < SETTLE_AFTER_MS) return null
      return settling.step(read, now())
    },
  }
}

function olderPosition(a: Position | null, b: Position | null): Position | null {
  if (a === null || b === null) return null
  return isAfter(a, b) ? b : a
}
