/**
 * score/truth-file: what was planted in a log of events, as its maker wrote it down.
 *
 * In: a truth.json, of `hemline simulate` or of another generator.
 * Out: trends, the lift of recommendations, shoppers' tastes, and the files that belong to it.
 * Invariant: names may be spelled starts_at or startsAt, kinds rising or rise; what is absent is not graded.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { HemlineError } from '../../std/errors.ts'
import type { TrueTrend } from './grade-trends.ts'

const DAY_MS = 86_400_000
const TRENDS_MAXIMUM = 10_000
/** The true ratio at which a trend has begun to matter. */
const ONSET = Math.log(1.2)
const KINDS: Readonly<Record<string, TrueTrend['kind']>> = {
  rising: 'rising',
  rise: 'rising',
  fading: 'fading',
  fade: 'fading',
  spike: 'spike',
}

export interface TruthTrend extends TrueTrend {
  readonly dimension: string
  readonly value: string
}

export interface TruthFile {
  readonly eventsPath: string | null
  readonly productsPath: string | null
  /** End of the log, epoch ms; null where the truth does not say. */
  readonly untilMs: number | null
  readonly trends: readonly TruthTrend[]
  readonly recommendationLift: number | null
  /** Visitor to what each product is worth to them, 0 to 1; absent products 0. */
  readonly gains: ReadonlyMap<string, ReadonlyMap<string, number>>
}

type Fields = Readonly<Record<string, unknown>>

/** @throws HEM_FILE_UNREADABLE */
export function readTruth(path: string): TruthFile {
  let truth: Fields
  try {
    truth = JSON.parse(readFileSync(path, 'utf8')) as Fields
  } catch (cause) {
    throw unreadable(path, 'a JSON file of the truth', cause instanceof Error ? cause.message : String(cause))
  }
  const beside = (name: unknown) => (typeof name === 'string' ? resolve(dirname(path), name) : null)
  const trends = Array.isArray(truth['trends']) ? (truth['trends'] as Fields[]).slice(0, TRENDS_MAXIMUM) : []
  const lift = field(truth, 'recommendation_lift')
  return {
    eventsPath: beside(truth['events']),
    productsPath: beside(truth['products']),
    untilMs: typeof truth['until'] === 'string' ? Date.parse(truth['until']) || null : null,
    trends: trends.flatMap((trend, place) => trendOf(path, trend, place)),
    recommendationLift: typeof lift === 'number' && lift > 0 ? lift : null,
    gains: gainsOf(truth['shoppers']),
  }
}

function trendOf(path: string, trend: Fields, place: number): TruthTrend[] {
  const kind = KINDS[String(trend['kind'])]
  if (kind === undefined) return []
  const dimension = String(trend['dimension'])
  const value = String(trend['value'])
  const startDay = dayOf(field(trend, 'starts_at'))
  const peakDay = dayOf(field(trend, 'peak_at'))
  const endDay = field(trend, 'ends_at') === null ? Infinity : dayOf(field(trend, 'ends_at'))
  const multiplier = Number(trend['multiplier'])
  if (![startDay, peakDay, multiplier].every(Number.isFinite) || Number.isNaN(endDay) || multiplier <= 0) {
    throw unreadable(path, 'starts_at, peak_at, ends_at and multiplier of every trend', `trend ${place + 1} without`)
  }
  const reached = Math.min(1, ONSET / Math.abs(Math.log(multiplier)))
  const onsetDay = startDay + reached * (peakDay - startDay)
  return [{ series: seriesOf(dimension, value), dimension, value, kind, startDay, peakDay, endDay, onsetDay }]
}

export function seriesOf(dimension: string, value: string): string {
  return `${dimension}: ${value}`
}

function field(of: Fields, name: string): unknown {
  return of[name] ?? of[name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] ?? null
}

function dayOf(time: unknown): number {
  return Date.parse(String(time)) / DAY_MS
}

function gainsOf(shoppers: unknown): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const list = Array.isArray(shoppers) ? (shoppers as { visitor_id: string; gains: Record<string, number> }[]) : []
  return new Map(list.map(({ visitor_id, gains }) => [visitor_id, new Map(Object.entries(gains))]))
}

function unreadable(path: string, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_FILE_UNREADABLE', {
    subject: `file "${path}"`,
    expected,
    got,
    remedy: 'make one with `hemline simulate --truth`, or see docs/trends.md for its form',
  })
}
