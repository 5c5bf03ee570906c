/**
 * bench/trends.nightly: how much of what was planted is found, how late, and how much else.
 *
 * In: fresh seeds: series of a dimension with trends, seasons, promotions and drift; real clicks with a value doubled.
 * Out: one line a case and detector: recall, precision, delay, false alarms; and what counting an event costs.
 * Invariant: every detector sees the same days; thresholds were chosen on seeds below 1,000, which are not used here.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { createModel, upsertProduct } from '../src/parts/model/model.ts'
import { appendItem, touchSession, type Session } from '../src/parts/model/session/session.ts'
import { attend } from '../src/parts/model/trend/attend.ts'
import { passTime } from '../src/parts/model/trend/close-day.ts'
import { FADING, RISING } from '../src/parts/model/trend/alarm.ts'
import { count, createCounters, DAY_MS, momentOf } from '../src/parts/model/trend/counters.ts'
import { factsOf } from '../src/steps/recommend/apply-record.ts'
import { demoCatalogue } from '../src/tools/simulate/catalogue.ts'
import { seededRandom } from '../src/tools/simulate/random.ts'
import { gradeTrends, type Alarm, type TrendGrade, type TrueTrend } from '../src/tools/score/grade-trends.ts'
import { SIMPLE_DETECTORS, type DailyCounts } from '../src/tools/score/simple-detectors.ts'
import { machine, report } from './result-line.ts'
import { onsetDayOf, seriesShop, type PlantedSeries } from './trends-series.ts'

const { values: flags } = parseArgs({
  options: {
    write: { type: 'boolean' },
    seeds: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1000' },
  },
})
const SEEDS = Number(flags.seeds)
const FIRST_SEED = Number(flags.seed)
const FIRST_DAY = 20_000
const VALUES = 80
const ORDINARY = { roughness: 0.1, drift: 0.008, promotions: 0.5, promotionFactor: 1.5 }
const HARSH = { roughness: 0.15, drift: 0.012, promotions: 1, promotionFactor: 1.5 }
const TWO_YEARS = { days: 730, from: 400, to: 600, judgedFrom: 380 }
const FIRST_YEAR = { days: 365, from: 60, to: 250, judgedFrom: 45 }

const CASES = [
  { name: '20,000 a day', perDay: 20_000, ...ORDINARY, ...TWO_YEARS },
  { name: '20,000 a day, rougher', perDay: 20_000, ...HARSH, ...TWO_YEARS },
  { name: '2,000 a day', perDay: 2000, ...ORDINARY, ...TWO_YEARS },
  { name: '20,000 a day, first year', perDay: 20_000, ...ORDINARY, ...FIRST_YEAR },
]

/** What the counters call rising and fading, day by day. */
function detect({ series, firstDay, counts }: DailyCounts): Alarm[] {
  const counters = createCounters([true])
  const [of] = counters.dimensions
  const alarms: Alarm[] = []
  const known = new Int32Array(series.length)
  for (const [i, day] of counts.entries()) {
    const noonMs = (firstDay + i + 0.5) * DAY_MS
    passTime(counters, noonMs)
    const moment = momentOf(counters, noonMs)
    for (let value = 0; value < of.size; value++) {
      const kind = of.alarms.kind[value]
      if ((kind !== RISING && kind !== FADING) || known[value] === of.alarms.since[value]) continue
      known[value] = of.alarms.since[value]
      alarms.push({ series: series[value], day: known[value], kind: kind === RISING ? 'rising' : 'fading' })
    }
    for (let value = 0; value < day.length; value++) if (day[value] > 0) count(of, value, day[value], moment)
  }
  return alarms
}

const DETECTORS = [{ name: 'ours', detect }, ...SIMPLE_DETECTORS]

function truthOf(series: string, planted: PlantedSeries): TrueTrend[] {
  const { kind, startDay, peakDay, endDay } = planted
  if (kind === 'none' || kind === 'seasonal') return []
  return [
    {
      series,
      kind: kind === 'rise' ? 'rising' : kind === 'fade' ? 'fading' : 'spike',
      startDay: FIRST_DAY + startDay,
      peakDay: FIRST_DAY + peakDay,
      endDay: FIRST_DAY + endDay,
      onsetDay: FIRST_DAY + onsetDayOf(planted),
    },
  ]
}

function line(name: string, detector: string, grade: TrendGrade, more: Record<string, unknown> = {}) {
  const { rises, fades, spikes, precision, delayDays, falseAlarmsPerSeriesYear } = grade
  report(
    {
      bench: 'trends.found',
      case: name,
      detector,
      rises: rises.share,
      fades: fades.share,
      spikes: spikes.share,
      precision: precision.share,
      delayDaysP50: delayDays.p50,
      delayDaysP90: delayDays.p90,
      falseAlarmsPerSeriesYear,
      ...more,
      ...machine(),
    },
    flags.write === true,
  )
}

for (const { name, judgedFrom, ...made } of CASES) {
  const truth: TrueTrend[] = []
  const found = new Map<string, Alarm[]>(DETECTORS.map((detector) => [detector.name, []]))
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const shop = seriesShop({ seed, values: VALUES, ...made })
    const series = shop.truth.map((_, value) => `${seed}/${value}`)
    truth.push(...shop.truth.flatMap((planted, value) => truthOf(series[value], planted)))
    const daily = { series, firstDay: FIRST_DAY, counts: shop.counts }
    for (const detector of DETECTORS) found.get(detector.name)!.push(...detector.detect(daily))
  }
  const judged = {
    truth,
    seriesCount: SEEDS * VALUES,
    fromDay: FIRST_DAY + judgedFrom,
    untilDay: FIRST_DAY + made.days,
  }
  for (const [detector, alarms] of found) {
    line(name, detector, gradeTrends({ ...judged, alarms }), { firstSeed: FIRST_SEED, seeds: SEEDS, values: VALUES })
  }
}

/** What counting one event costs, in a visit of seven products, a day with every 20,000 events; the visit's own upkeep is taken off. */
function cost(): void {
  const events = 400_000
  const model = createModel()
  const products = demoCatalogue({ seed: 7, nowMs: Date.UTC(2026, 10, 24) })
  for (const product of products) upsertProduct(model, factsOf(product))
  const random = seededRandom(7, 'cost')
  const items = Int32Array.from({ length: events }, () => random.int(products.length))
  const session: Session = { ...touchSession(new Map(), { visitorKey: 'v', timeMs: 0, maxVisitors: 1 }) }
  const run = (from: number, to: number, counts: boolean) => {
    const before = process.threadCpuUsage()
    for (let i = from; i < to; i++) {
      if (i % 7 === 0) Object.assign(session, { items: [], weights: [] })
      if (counts) attend(model, session, { item: items[i], weight: 1, timeMs: FIRST_DAY * DAY_MS + i * 4320 })
      appendItem(session, items[i], 1)
    }
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / (to - from)
  }
  run(0, events / 2, true)
  const microsPerEvent = run(events / 2, events, true) - run(events / 2, events, false)
  report(
    {
      bench: 'trends.cost',
      events: events / 2,
      products: products.length,
      cpuMicrosPerEvent: microsPerEvent,
      ...machine(),
    },
    flags.write === true,
  )
}

/** Real clicks of a clothing shop, five months; one value doubled over two weeks, each in turn. */
function clothing(): void {
  const path = join(import.meta.dirname, '../../shared/data/eshop-clothing-2008/e-shop-clothing-2008.csv.gz')
  if (!existsSync(path)) {
    report({ bench: 'trends.clothing', skipped: 'needs the UCI clothing clicks' }, false)
    return
  }
  const rows = gunzipSync(readFileSync(path)).toString('latin1').trim().split('\n').slice(1)
  const days = new Map<number, number>()
  const byDimension = { category: new Map<string, number[]>(), colour: new Map<string, number[]>() }
  const seen = new Set<string>()
  for (const row of rows) {
    const [year, month, day, , , session, category, , colour] = row.split(';')
    const date = Date.UTC(Number(year), Number(month) - 1, Number(day)) / DAY_MS
    days.set(date, date)
    for (const [dimension, value] of Object.entries({ category, colour })) {
      const key = `${dimension} ${value} ${session}`
      if (seen.has(key)) continue
      seen.add(key)
      const counts = byDimension[dimension as keyof typeof byDimension]
      const list = counts.get(value) ?? []
      counts.set(value, list)
      list.push(date)
    }
  }
  const firstDay = Math.min(...days.keys())
  const length = Math.max(...days.keys()) - firstDay + 1
  const startDays = [45, 60, 75, 90]
  let cases = 0
  let hits = 0
  const delays: number[] = []
  let quietAlarms = 0
  let seriesYears = 0
  for (const values of Object.values(byDimension)) {
    const series = [...values.keys()]
    const counts = Array.from({ length }, (_, i) =>
      Float64Array.from(series, (value) => values.get(value)!.filter((day) => day === firstDay + i).length),
    )
    quietAlarms += detect({ series, firstDay, counts }).filter((alarm) => alarm.kind === 'rising').length
    seriesYears += (series.length * length) / 365
    for (const place of series.keys()) {
      for (const startDay of startDays) {
        const raised = counts.map((day, i) =>
          day.map((seenToday, value) => (value === place ? Math.round(seenToday * factorAt(i - startDay)) : seenToday)),
        )
        const alarms = detect({ series, firstDay, counts: raised })
        const hit = alarms.find(
          (alarm) => alarm.series === series[place] && alarm.kind === 'rising' && alarm.day >= firstDay + startDay,
        )
        cases++
        if (hit === undefined) continue
        hits++
        delays.push(hit.day - firstDay - startDay)
      }
    }
  }
  const sorted = delays.toSorted((a, b) => a - b)
  report(
    {
      bench: 'trends.clothing',
      cases,
      foundShare: hits / cases,
      delayDaysP50: sorted[Math.floor(sorted.length / 2)] ?? null,
      upwardAlarmsPerSeriesYearUninjected: quietAlarms / seriesYears,
      ...machine(),
    },
    flags.write === true,
  )
}

/** ×2 in the end, over two weeks. */
function factorAt(day: number): number {
  return 2 ** Math.min(1, Math.max(0, day / 14))
}

clothing()
cost()
