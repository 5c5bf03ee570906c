/**
 * why/why: replays the log and tells how a visitor's slate came about, event by event.
 *
 * In: a reader of the stream, a visitor, and the time up to which to look.
 * Out: the visitor's newest events, each with the slate after it; the last slate with features and weights.
 * Invariant: the slates are those the visitor was due, since both are functions of the log up to the visitor's record.
 */
import type { Contribution } from '../../parts/model/rank/explain.ts'
import { createModel, markPosition, type Model } from '../../parts/model/model.ts'
import { reasonText, type Language } from '../../parts/serving/reasons.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { EventsRecord, StoredRecord } from '../../parts/stream/record.ts'
import { HemlineError } from '../../std/errors.ts'
import { applyRecord, emptyTouched } from '../../steps/recommend/apply-record.ts'
import { visitorEntry } from '../../steps/recommend/lists.ts'
import { explainVisitor } from '../../steps/recommend/on-demand.ts'
import { replayLog } from '../../steps/recommend/replay-log.ts'

export interface WhyQuestion {
  readonly reader: StreamReader
  /** Models as of some position, the newest first; none where all of the log is to be learned. */
  readonly models: readonly Model[]
  /** Up to where the log may have been trimmed: records before it cannot be told of. Null where the log is whole. */
  readonly base: Position | null
  /** As in events; `user:<id>` for a user without a visitor id. */
  readonly visitorKey: string
  /** Events after it do not count, epoch ms; null for all. */
  readonly atMs: number | null
  /** Newest records to tell of. */
  readonly records: number
  /** Products a slate. */
  readonly limit: number
  readonly language: Language
  readonly onProgress: (progress: { readonly label: string; readonly done: number; readonly total: number }) => void
}

export interface WhyProduct {
  readonly product_id: string
  readonly name: string | null
  readonly reason: string
}

export interface WhyStep {
  readonly position: Position
  /** Event time of the record's last event, ISO 8601 UTC. */
  readonly at: string
  readonly events: readonly {
    readonly type: string
    readonly product_id: string | null
    readonly name: string | null
  }[]
  readonly slate: readonly WhyProduct[]
}

export interface WhyAnswer {
  readonly visitor_id: string
  readonly user_id: string | null
  /** Records of the visitor in the log, up to the time asked for. */
  readonly records: number
  readonly steps: readonly WhyStep[]
  /** Of the last slate: what the ranker saw in each of its products; none for what it did not rank. */
  readonly features: Readonly<Record<string, readonly Contribution[]>>
}

const FEATURES_SHOWN = 4

/** @throws HEM_WHY_VISITOR_UNKNOWN where the log holds no event of the visitor up to that time */
export async function tellWhy(question: WhyQuestion): Promise<WhyAnswer> {
  const { reader, visitorKey } = question
  const { positions, names } = await findRecords(question)
  const shown = positions.slice(-question.records)
  const last = shown.at(-1)
  if (last === undefined) throw unknownVisitor(question)
  const model = startModel(question.models, shown[0])
  const steps: WhyStep[] = []
  const after = model.position === null ? null : { ...last, sequence_number: model.position }
  const onProgress = (done: number, total: number) => question.onProgress({ label: 'replaying', done, total })
  await replayLog({ reader, after, upTo: last, onProgress }, (stored) => {
    applyRecord(model, stored, emptyTouched(), true)
    markPosition(model, stored.position.sequence_number)
    const isShown = isOf(stored, visitorKey) && !isAfter(shown[0], stored.position)
    if (isShown) steps.push(stepOf(model, stored, { question, names }))
  })
  return {
    visitor_id: visitorKey,
    user_id: model.userOf.get(visitorKey) ?? null,
    records: positions.length,
    steps,
    features: featuresOf(model, question, steps.at(-1)),
  }
}

type OwnRecord = StoredRecord & { readonly record: EventsRecord }

function isOf(stored: StoredRecord, visitorKey: string): stored is OwnRecord {
  return stored.record.kind === 'events' && stored.record.visitor_key === visitorKey
}

/** First pass: which records are the visitor's, without learning; and what products are called. */
async function findRecords({ reader, visitorKey, atMs, base, onProgress }: WhyQuestion) {
  const positions: Position[] = []
  const names = new Map<string, string>()
  const progress = (done: number, total: number) => onProgress({ label: 'looking for the visitor', done, total })
  await replayLog({ reader, after: null, upTo: null, onProgress: progress }, (stored) => {
    const { record } = stored
    if (record.kind === 'products') {
      for (const { id, product_display_name: name } of record.products) if (name !== null) names.set(id, name)
    }
    const isTold = isOf(stored, visitorKey) && isAfter(stored.position, base)
    if (isTold && (atMs === null || timeOf(stored) <= atMs)) positions.push(stored.position)
  })
  return { positions, names }
}

function timeOf({ record }: OwnRecord): number {
  return Date.parse(record.events[record.events.length - 1]?.corrected_at ?? record.received_at)
}

/** A model saves learning what lies before the first record to tell of; a later one is of no use. */
function startModel(models: readonly Model[], first: Position): Model {
  const isEarlier = ({ position }: Model) => position !== null && position < first.sequence_number
  return models.find(isEarlier) ?? createModel()
}

interface Telling {
  readonly question: WhyQuestion
  readonly names: ReadonlyMap<string, string>
}

function stepOf(model: Model, stored: OwnRecord, { question, names }: Telling): WhyStep {
  const nameOf = (productId: string) => names.get(productId) ?? null
  const context = { model, asOf: stored.position, computedAt: stored.record.received_at }
  const entry = visitorEntry(context, question.visitorKey)
  return {
    position: stored.position,
    at: new Date(timeOf(stored)).toISOString(),
    events: stored.record.events.map(({ event_type: type, product_id }) => ({
      type,
      product_id,
      name: product_id === null ? null : nameOf(product_id),
    })),
    slate: entry.home.items.slice(0, question.limit).map(({ product_id, reason }) => ({
      product_id,
      name: nameOf(product_id),
      reason: reasonText(reason, { language: question.language, nameOf }),
    })),
  }
}

function featuresOf(model: Model, { visitorKey }: WhyQuestion, step: WhyStep | undefined): WhyAnswer['features'] {
  if (step === undefined) return {}
  const context = { model, asOf: step.position, computedAt: step.at }
  const { products } = explainVisitor(context, { visitorKey, features: FEATURES_SHOWN })
  const told = step.slate.flatMap(({ product_id: id }) =>
    id in products ? [[id, products[id].features] as const] : [],
  )
  return Object.fromEntries(told)
}

function unknownVisitor({ visitorKey, atMs, base }: WhyQuestion): HemlineError {
  return new HemlineError('HEM_WHY_VISITOR_UNKNOWN', {
    subject: `visitor "${visitorKey.slice(0, 64)}"`,
    expected: atMs === null ? 'an event in the log' : `an event up to ${new Date(atMs).toISOString()}`,
    got: base === null ? 'none' : `none after record ${Number(base.sequence_number)}; the log before it may be trimmed`,
    remedy: 'check the id; a user without a visitor id is "user:<id>"',
  })
}
