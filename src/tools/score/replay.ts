/**
 * score/replay: the log of a shop, seen by the model that serves it, day by day.
 *
 * In: products and events.
 * Out: the model at the end, every alarm on its way, the days' attention, and what the two groups of visitors did.
 * Invariant: trends are judged from the whole log; the rest of the model learns its last days, as it would forget more.
 */
import { statSync } from 'node:fs'
import { normaliseProduct } from '../../parts/event/product-schema.ts'
import { TREND_DIMENSIONS, type TrendDimension } from '../../parts/event/product.ts'
import { ACTION_WEIGHTS, learn, type Action, type Interaction } from '../../parts/model/learn/learn.ts'
import { createModel, upsertProduct, type Model } from '../../parts/model/model.ts'
import { appendItem, touchSession } from '../../parts/model/session/session.ts'
import { internItem } from '../../parts/model/state/items.ts'
import { attend } from '../../parts/model/trend/attend.ts'
import { FADING, RISING } from '../../parts/model/trend/alarm.ts'
import { DAY_MS, YEAR_SLOTS } from '../../parts/model/trend/counters.ts'
import { countersOf } from '../../parts/model/trend/trend.ts'
import { valueName } from '../../parts/model/trend/values.ts'
import { factsOf } from '../../steps/recommend/apply-record.ts'
import { readText } from '../evaluate/session-files.ts'
import { readEventLines, type EventLine } from './event-lines.ts'
import type { Alarm } from './grade-trends.ts'
import { watchGroups, type Groups } from './groups.ts'
import type { DailyCounts } from './simple-detectors.ts'
import { seriesOf } from './truth-file.ts'

/** Events before the last days of the log only move trends and sessions. */
const LEARNED_DAYS = 30
const ACTIONS: Readonly<Record<string, Action>> = {
  product_view: 'view',
  recommendation_click: 'view',
  add_to_cart: 'cart',
  remove_from_cart: 'remove',
  purchase: 'purchase',
}

export interface ReplayOptions {
  readonly eventsPath: string
  readonly productsPath: string
  /** End of the log, epoch ms; looked for where null. */
  readonly untilMs: number | null
  readonly dimensions: readonly TrendDimension[]
  readonly onProgress?: (progress: { readonly label: string; readonly done: number; readonly total: number }) => void
}

export interface Replay {
  readonly model: Model
  readonly events: number
  readonly firstDay: number
  readonly lastDay: number
  readonly alarms: readonly Alarm[]
  readonly daily: ReadonlyMap<TrendDimension, DailyCounts>
  readonly groups: Groups
}

export async function replay(options: ReplayOptions): Promise<Replay> {
  const model = modelWith(options.productsPath)
  const untilMs = options.untilMs ?? (await lastTimeMs(options.eventsPath))
  const learnsFromMs = untilMs - LEARNED_DAYS * DAY_MS
  const watch = watchDays(model, options.dimensions)
  const groups = watchGroups()
  let events = 0
  const total = sizeOf(options.eventsPath)
  const onRead = (done: number) => options.onProgress?.({ label: 'replay, bytes', done, total })
  for await (const event of readEventLines(options.eventsPath, onRead)) {
    events++
    const timeMs = Date.parse(event.timestamp)
    groups.see(event, timeMs)
    for (const interaction of interactionsOf(event, timeMs, events)) {
      if (timeMs >= learnsFromMs) learn(model, interaction)
      else follow(model, interaction)
      watch.see()
    }
  }
  return { model, events, ...watch.result(), groups: groups.result() }
}

/** 0 where there is no such file; reading it says so. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function modelWith(productsPath: string): Model {
  const model = createModel()
  for (const line of readText(productsPath).split('\n')) {
    if (line.trim() === '') continue
    const normalised = normaliseProduct(JSON.parse(line))
    if ('product' in normalised) upsertProduct(model, factsOf(normalised.product))
  }
  return model
}

async function lastTimeMs(path: string): Promise<number> {
  let last = 0
  for await (const { timestamp } of readEventLines(path)) last = Math.max(last, Date.parse(timestamp))
  return last
}

function interactionsOf(event: EventLine, timeMs: number, place: number): Interaction[] {
  const action = ACTIONS[event.event_type]
  const visitorKey = event.visitor_id ?? (event.user_id === undefined ? undefined : `user:${event.user_id}`)
  if (action === undefined || visitorKey === undefined) return []
  const products = event.items?.map((item) => item.product_id) ?? [event.product_id]
  const position = String(place).padStart(12, '0')
  return products.flatMap((productId) =>
    productId === undefined ? [] : [{ visitorKey, productId, action, timeMs, position }],
  )
}

/** What `learn` does to trends and sessions, without index, embeddings and ranker. */
function follow(model: Model, { visitorKey, productId, action, timeMs }: Interaction): void {
  if (action === 'remove') return
  const session = touchSession(model.sessions, { visitorKey, timeMs, maxVisitors: model.options.maxVisitors })
  const item = internItem(model.items, productId)
  const weight = ACTION_WEIGHTS[action]
  attend(model, session, { item, weight, timeMs })
  appendItem(session, item, weight)
}

function watchDays(model: Model, dimensions: readonly TrendDimension[]) {
  const { counters } = model.trend
  const alarms: Alarm[] = []
  const known = new Map<string, number>()
  const counts = new Map<TrendDimension, number[][]>(dimensions.map((dimension) => [dimension, []]))
  let firstDay = -1
  let day = -1
  const closeDay = (closed: number) => {
    for (const dimension of dimensions) {
      const of = countersOf(model.trend, dimension)
      const row = counts.get(dimension)!
      row.push(Array.from({ length: of.size }, (_, value) => of.year[value * YEAR_SLOTS + (closed % YEAR_SLOTS)]))
      for (let value = 0; value < of.size; value++) {
        const kind = of.alarms.kind[value]
        if (kind !== RISING && kind !== FADING) continue
        const key = `${dimension} ${value}`
        if (known.get(key) === of.alarms.since[value]) continue
        known.set(key, of.alarms.since[value])
        const series = seriesOf(dimension, valueName(model, dimension, value))
        alarms.push({ series, day: of.alarms.since[value], kind: kind === RISING ? 'rising' : 'fading' })
      }
    }
  }
  return {
    see() {
      if (counters.day === day) return
      if (day >= 0) for (let closed = day; closed < counters.day; closed++) closeDay(closed)
      else firstDay = counters.day
      day = counters.day
    },
    result: () => ({
      firstDay,
      lastDay: day,
      alarms,
      daily: new Map(dimensions.map((d) => [d, dailyOf(model, d, counts.get(d)!, firstDay)])),
    }),
  }
}

function dailyOf(model: Model, dimension: TrendDimension, rows: readonly number[][], firstDay: number): DailyCounts {
  const { size } = countersOf(model.trend, dimension)
  const values = Array.from({ length: size }, (_, value) => value).filter((value) => rows.some((row) => row[value] > 0))
  return {
    series: values.map((value) => seriesOf(dimension, valueName(model, dimension, value))),
    firstDay,
    counts: rows.map((row) => values.map((value) => row[value] ?? 0)),
  }
}

export function dimensionsOf(names: Iterable<string>): TrendDimension[] {
  const wanted = new Set(names)
  return TREND_DIMENSIONS.filter((dimension) => wanted.has(dimension))
}
