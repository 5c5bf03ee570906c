/**
 * recommend/settle-slates: makes the slates that a burst left owed, as of the very records they are owed at.
 *
 * In: the newest model kept that knows nothing of the oldest owed record, and the records after it once more.
 * Out: visitors' entries, each a function of the log up to its visitor's newest record.
 * Guarantee: what it makes equals what a recommender that never fell behind would have stored.
 * Invariant: it works in a second model, a few records at a time, so that live learning never waits long for it; the
 *   second model is dropped as soon as nothing is owed.
 */
import type { Model } from '../../parts/model/model.ts'
import { markPosition } from '../../parts/model/model.ts'
import type { VisitorEntry } from '../../parts/serving/slate.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import { embeddedPosition, type Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import { applyRecord, emptyTouched } from './apply-record.ts'
import { visitorEntry } from './lists.ts'
import type { OwedSlates } from './owed-slates.ts'

/** Some two milliseconds of learning, and at most as many slates. */
const RECORDS_PER_STEP = 64

export interface SettlingOptions {
  readonly reader: StreamReader
  readonly owed: OwedSlates
  /** The newest model kept that knows nothing of the record. */
  readonly loadModel: (before: Position | null) => Promise<Model>
}

export interface Settling {
  /**
   * Replays a few records; something is owed.
   *
   * @param learned how far the live model has read; nothing after it is looked at
   * @param computedAt ISO 8601 UTC
   * @returns the entries of visitors who owe nothing any more
   */
  step(learned: Position, computedAt: string): Promise<ReadonlyMap<string, VisitorEntry>>
  /** Drops the second model: nothing is owed. */
  end(): void
}

export function createSettling({ reader, owed, loadModel }: SettlingOptions): Settling {
  let model: Model | null = null

  return {
    async step(learned, computedAt) {
      // A model that knows the oldest record already is of no use: a slate is due as of that record.
      model ??= await loadModel(owed.oldest())
      const made = new Map<string, VisitorEntry>()
      const records = await reader.read(positionOf(model), RECORDS_PER_STEP)
      // Somebody was erased, and with them records as of which slates of others are due: those that are stored stay.
      if (records.length === 0 || isAfter(records[0].position, learned)) owed.forgive()
      for (const stored of records) {
        if (isAfter(stored.position, learned)) break
        const touched = emptyTouched()
        applyRecord(model, stored, touched, true)
        markPosition(model, stored.position.sequence_number)
        for (const visitorKey of touched.visitors) {
          if (owed.dueAt(visitorKey)?.sequence_number !== stored.position.sequence_number) continue
          made.set(visitorKey, visitorEntry({ model, asOf: stored.position, computedAt }, visitorKey))
          owed.settle(visitorKey)
        }
      }
      return made
    },
    end: () => void (model = null),
  }
}

/** How far a model has learned, or null. */
export function positionOf(model: Model): Position | null {
  return model.position === null ? null : { ...embeddedPosition(0), sequence_number: model.position }
}
