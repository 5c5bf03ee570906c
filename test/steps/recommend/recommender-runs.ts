/**
 * test/steps/recommend/recommender-runs: a recommender over a log, paced, hurried, killed and rebuilt.
 *
 * In: records, and a seed for when they come and when the recommender dies.
 * Out: the entry of every visitor once nothing is owed, without the time it was computed at.
 * Invariant: what survives a death is what would on disk: the stream, the serving store, the newest image.
 */
import { nextRandom } from '../../../src/parts/model/state/random.ts'
import type { ModelImageStore } from '../../../src/parts/model/port.ts'
import type { ServingStore } from '../../../src/parts/serving/port.ts'
import type { VisitorEntry } from '../../../src/parts/serving/slate.ts'
import type { ErasingStreamWriter, StreamReader } from '../../../src/parts/stream/port.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { createRecommender, type Recommender } from '../../../src/steps/recommend/recommender.ts'
import { createMemoryServing } from '../../contract/memory/memory-serving.ts'
import { memoryStream } from '../../contract/memory/memory-stream.ts'

export interface Place {
  readonly writer: ErasingStreamWriter
  readonly reader: StreamReader
  readonly serving: ServingStore
  readonly images: ModelImageStore & { lose(): void }
  readonly clock: { nowMs(): number }
  readonly loadBase: () => Promise<Uint8Array | null>
}

export function openPlace(records: readonly StreamRecord[] = []): Place {
  let nowMs = Date.UTC(2026, 10, 24)
  // Every look at the clock takes a moment, so that waiting ends.
  const clock = { nowMs: () => (nowMs += 2) }
  const stream = memoryStream({ nowMs: () => 0 })
  if (records.length > 0) void stream.writer.append(records)
  let image: Uint8Array | null = null
  return {
    writer: stream.writer,
    reader: stream.reader(),
    serving: createMemoryServing(),
    images: {
      load: async () => image,
      publish: async (bytes) => void (image = bytes),
      lose: () => void (image = null),
    },
    clock,
    loadBase: async () => null,
  }
}

export function startOn(place: Place): Promise<Recommender> {
  const { reader, serving, images, clock } = place
  return createRecommender({
    reader,
    serving,
    images,
    loadBase: place.loadBase,
    clock,
    onSlates: () => undefined,
    onBrokenImage: () => undefined,
    onNotLearned: () => undefined,
  })
}

const TURNS_MAX = 200_000

/** Turns until every slate is as the log defines it. */
export async function settle(recommender: Recommender): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    await recommender.turn()
    if (recommender.isCaughtUp() && recommender.pending().owed === 0) return
  }
  throw new Error(`not settled after ${TURNS_MAX} turns`)
}

/** Each record is learned before the next one comes, and nothing ever stops. */
export async function runPaced(records: readonly StreamRecord[]): Promise<Entries> {
  const place = openPlace()
  const recommender = await startOn(place)
  for (const record of records) {
    await place.writer.append([record])
    await recommender.turn()
  }
  await settle(recommender)
  return entriesOf(place.serving, records)
}

/** Records come one by one or by the thousand; the recommender dies between any two writes, some with a fresh image. */
export async function runKilled(
  records: readonly StreamRecord[],
  options: { readonly seed: number; readonly kills: number; readonly burstMax: number },
): Promise<Entries> {
  const generator = { state: options.seed }
  const draw = (below: number): number => nextRandom(generator) % below
  const place = openPlace()
  const killAt = new Set(Array.from({ length: options.kills }, () => draw(records.length)))
  let recommender = await startOn(place)
  for (let from = 0, kills = 0; from < records.length;) {
    const to = Math.min(records.length, from + 1 + draw(draw(4) === 0 ? options.burstMax : 8))
    await place.writer.append(records.slice(from, to))
    for (let turns = draw(4); turns > 0; turns--) await recommender.turn()
    const dies = [...killAt].some((at) => at >= from && at < to)
    from = to
    if (!dies) continue
    kills++
    if (kills % 2 === 0) await recommender.saveImage()
    recommender = await startOn(place)
  }
  await settle(recommender)
  return entriesOf(place.serving, records)
}

/** The log alone is left. */
export async function rebuild(records: readonly StreamRecord[]): Promise<Entries> {
  const place = openPlace(records)
  await settle(await startOn(place))
  return entriesOf(place.serving, records)
}

export type Entries = Readonly<Record<string, unknown>>

export function entriesOf(serving: ServingStore, records: readonly StreamRecord[]): Entries {
  const keys = records.flatMap((record) => (record.kind === 'events' ? [record.visitor_key] : []))
  return Object.fromEntries([...new Set(keys)].map((key) => [key, timeless(serving.visitor(key))]))
}

function timeless(entry: VisitorEntry | null): unknown {
  return entry === null
    ? null
    : { ...entry, home: { ...entry.home, computed_at: '' }, cart: { ...entry.cart, computed_at: '' } }
}
