/**
 * workers/nights: a night from end to end: copy, marts, forecast.
 *
 * In: the dates a person asked for, or none for whatever is due.
 * Out: what was copied, and one text that says so.
 * Invariant: marts and forecast are made from what was copied, after it was reconciled.
 */
import type { Admission } from '../../parts/access/suppression.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import type { ShopMapping } from '../../parts/shopdb/schema.ts'
import type { Clock } from '../../std/clock.ts'
import { datesToRun } from '../../steps/extract/due-nights.ts'
import { editedDays } from '../../steps/extract/edited-days.ts'
import { gapText, recordFinished, runNights, type NightReport } from '../../steps/extract/run-nights.ts'
import { runForecast } from '../../steps/forecast/run-forecast.ts'
import type { MartFinding } from '../../steps/report/check-marts.ts'
import { postgresShopDatabase } from '../../wings/embedded/shopdb/postgres.ts'
import { martsOfNight } from '../marts-of-night.ts'
import type { OnProgress } from '../worker-calls.ts'

export interface NightsArgument {
  readonly shopdbUrl: string
  readonly shopdbMapping: ShopMapping | null
  /** Shop date, or null. */
  readonly date: string | null
  /** First shop date of many, or null. */
  readonly since: string | null
  /** Whether the newest day should look like those before it; not after an outage, nor for a date that a person names. */
  readonly expectsUsualDay: boolean
  /** Whether marts are built from tables that break an expectation. */
  readonly despiteChecks: boolean
}

export interface NightsContext {
  readonly lake: Lake
  readonly clock: Clock
  readonly timeZone: string
  readonly hashKey: string
  /** Which users may be copied; null where nobody has been erased. */
  readonly admission: Admission | null
  /** An existing folder for files that live as long as the run. */
  readonly folder: string
  readonly onProgress: OnProgress
}

export interface NightsSummary {
  readonly report: NightReport | null
  readonly text: string
}

export async function runDueNights(argument: NightsArgument, context: NightsContext): Promise<NightsSummary> {
  const { lake, clock, timeZone, hashKey, admission, folder, onProgress } = context
  const { date, since } = argument
  const shop = postgresShopDatabase({
    url: argument.shopdbUrl,
    timeZone,
    mapping: argument.shopdbMapping ?? {},
  })
  const dates = await datesToRun({ lake, shop, clock, timeZone, date, since })
  const steps = dates.length === 0 ? 0 : 3
  if (steps === 0) return { report: null, text: 'Every night up to yesterday has been copied; nothing to do.' }
  const startedAt = new Date(clock.nowMs()).toISOString()
  onProgress({ label: 'night: orders', done: 0, total: steps })
  const nightOptions = { shop, lake, clock, timeZone, hashKey, admission, temporaryFolder: folder }
  const report = await runNights(dates, nightOptions)
  const last = dates[dates.length - 1]
  // A person who names dates gets those alone.
  const edited = date === null && since === null ? await editedDays(lake, shop, last) : []
  for (const span of edited) await runNights(span, { ...nightOptions, overlapDays: 0 })
  onProgress({ label: 'night: marts', done: 1, total: steps })
  const { expectsUsualDay, despiteChecks } = argument
  const night = { lake, clock, last, readFrom: report.readFrom, edited, expectsUsualDay, despiteChecks }
  const findings = await martsOfNight(night)
  onProgress({ label: 'night: forecast', done: 2, total: steps })
  await runForecast({ lake, computedOn: last })
  await recordFinished(dates, { lake, clock, startedAt })
  onProgress({ label: 'night', done: steps, total: steps })
  return { report, text: textOf(report, edited, findings) }
}

function textOf(report: NightReport, edited: readonly (readonly string[])[], findings: readonly MartFinding[]): string {
  const { dates } = report
  const days = dates.length === 1 ? dates[0] : `${dates[0]} to ${dates.at(-1)} (${dates.length} days)`
  const changed = report.changed.length === 0 ? 'nothing had changed' : `changed: ${report.changed.join(', ')}`
  return [
    `Night of ${days}: ${count(report.orders, 'order')}, ${count(report.lines, 'line')}, total ${report.ordersTotal}.`,
    `${count(report.users, 'user')}, ${count(report.products, 'product')}; ${changed}.`,
    ...edited.map((span) => `${span[0]} to ${span.at(-1)}: edited in the shop since, read again.`),
    ...report.gaps
      .filter((gap) => gap.ordersWithoutEvent + gap.eventsWithoutOrder > 0)
      .slice(-3)
      .map((gap) => `${gap.shopDate}: ${gapText(gap)}.`),
    ...findings.flatMap(({ mart, message }) => (message === null ? [] : [`mart.${mart}: ${message}.`])),
  ].join('\n')
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
