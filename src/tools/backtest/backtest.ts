/**
 * backtest/backtest: the shop's own log under two configurations.
 *
 * In: a reader of the stream, two configurations, and from when on to count.
 * Out: how often what a visitor did next was on the page each would have shown, and how sure the difference is.
 * Invariant: both learn from all of the log and predict nothing they have learned from. An act counts for the page that was
 *   due after the visitor's record before.
 */
import { embeddedPosition } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord, StreamRecord } from '../../parts/stream/record.ts'
import type { HemlineEvent } from '../../parts/event/event.ts'
import { actOf } from '../../steps/recommend/acts.ts'
import { changesSlate } from '../../steps/recommend/apply-record.ts'
import { replayLog } from '../../steps/recommend/replay-log.ts'
import type { Configuration } from './configuration.ts'
import { compare, type Comparison } from './paired-bootstrap.ts'
import { openShadowShop } from './shadow-shop.ts'

export interface BacktestInput {
  readonly reader: StreamReader
  /** What to begin with where the log has been trimmed: catalogue and rules. */
  readonly before: readonly StreamRecord[]
  readonly a: Configuration
  readonly b: Configuration
  /** Acts from here on count, event time, epoch ms. */
  readonly sinceMs: number
  readonly seed: number
  readonly onProgress: (progress: { readonly label: string; readonly done: number; readonly total: number }) => void
}

/** `all` acts, and those of the kinds that earn. */
export const MEASURES = ['hit_rate', 'mean_reciprocal_rank', 'cart_hit_rate', 'purchase_hit_rate'] as const
export type Measure = (typeof MEASURES)[number]

/** Null where no such act was seen. */
export type BacktestReport = Readonly<Record<Measure, Comparison | null>>

/** Visitors whose next act is waited for; the one seen longest ago leaves. */
const PAGES_MAX = 100_000

interface Pages {
  readonly a: readonly string[]
  readonly b: readonly string[]
}

export async function backtest(input: BacktestInput): Promise<BacktestReport> {
  const { reader, sinceMs } = input
  const shops = { a: openShadowShop(input.a), b: openShadowShop(input.b) }
  for (const record of input.before) {
    for (const shop of [shops.a, shops.b]) shop.apply({ position: embeddedPosition(0), record })
  }
  const pages = new Map<string, Pages>()
  const tallies = createTallies()
  const onProgress = (done: number, total: number) => input.onProgress({ label: 'replaying', done, total })
  await replayLog({ reader, after: null, upTo: null, onProgress }, (stored) => {
    const { record } = stored
    if (record.kind === 'events') countActs(tallies, record.visitor_key, { record, pages, sinceMs })
    shops.a.apply(stored)
    shops.b.apply(stored)
    if (!changesSlate(record)) return
    const atMs = Date.parse(record.events[record.events.length - 1].corrected_at)
    if (atMs < sinceMs) return
    pages.delete(record.visitor_key)
    if (pages.size >= PAGES_MAX) pages.delete(pages.keys().next().value ?? '')
    pages.set(record.visitor_key, {
      a: shops.a.page(record.visitor_key, atMs),
      b: shops.b.page(record.visitor_key, atMs),
    })
  })
  return {
    hit_rate: compare(tallies.hit_rate, input.seed),
    mean_reciprocal_rank: compare(tallies.mean_reciprocal_rank, input.seed),
    cart_hit_rate: compare(tallies.cart_hit_rate, input.seed),
    purchase_hit_rate: compare(tallies.purchase_hit_rate, input.seed),
  }
}

interface Tally {
  readonly numberOf: Map<string, number>
  readonly trials: number[]
  readonly a: number[]
  readonly b: number[]
}

function createTallies(): Record<Measure, Tally> {
  const tally = (): Tally => ({ numberOf: new Map(), trials: [], a: [], b: [] })
  return {
    hit_rate: tally(),
    mean_reciprocal_rank: tally(),
    cart_hit_rate: tally(),
    purchase_hit_rate: tally(),
  }
}

interface Counting {
  readonly record: Extract<StoredRecord['record'], { kind: 'events' }>
  readonly pages: ReadonlyMap<string, Pages>
  readonly sinceMs: number
}

/** All acts of one record followed the same page. */
function countActs(tallies: Record<Measure, Tally>, visitorKey: string, { record, pages, sinceMs }: Counting): void {
  const page = pages.get(visitorKey)
  if (page === undefined) return
  const chosen = record.events.flatMap((event: HemlineEvent) => {
    const act = actOf(event)
    return act === null || act.action === 'remove' || act.timeMs < sinceMs ? [] : [act]
  })
  for (const { productId, action } of chosen) {
    const places = { a: page.a.indexOf(productId), b: page.b.indexOf(productId) }
    const hits = { a: places.a >= 0 ? 1 : 0, b: places.b >= 0 ? 1 : 0 }
    count(tallies.hit_rate, visitorKey, hits)
    count(tallies.mean_reciprocal_rank, visitorKey, {
      a: hits.a / (1 + places.a || 1),
      b: hits.b / (1 + places.b || 1),
    })
    if (action === 'cart') count(tallies.cart_hit_rate, visitorKey, hits)
    if (action === 'purchase') count(tallies.purchase_hit_rate, visitorKey, hits)
  }
}

function count(tally: Tally, visitorKey: string, gained: { readonly a: number; readonly b: number }): void {
  let number = tally.numberOf.get(visitorKey)
  if (number === undefined) {
    number = tally.trials.push(0) - 1
    tally.a.push(0)
    tally.b.push(0)
    tally.numberOf.set(visitorKey, number)
  }
  tally.trials[number]++
  tally.a[number] += gained.a
  tally.b[number] += gained.b
}
