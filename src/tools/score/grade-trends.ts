/**
 * score/grade-trends: alarms against what was planted.
 *
 * In: alarms by series and day, and the truth of each series that has one.
 * Out: how much was found, how late, and how much was found that is not there.
 * Invariant: an alarm counts once; what follows from a trend, such as its end, is no false alarm and no find.
 */
export interface Alarm {
  readonly series: string
  /** Days since 1970, whole or not. */
  readonly day: number
  readonly kind: 'rising' | 'fading'
}

export interface TrueTrend {
  readonly series: string
  readonly kind: 'rising' | 'fading' | 'spike'
  readonly startDay: number
  readonly peakDay: number
  /** When it begins to go back; Infinity where it stays. */
  readonly endDay: number
  /** Day on which the true ratio passes 1.2 (or, fading, 1/1.2). */
  readonly onsetDay: number
}

export interface Judged {
  readonly alarms: readonly Alarm[]
  readonly truth: readonly TrueTrend[]
  readonly seriesCount: number
  /** Days judged; alarms outside are left out. */
  readonly fromDay: number
  readonly untilDay: number
}

export interface TrendGrade {
  readonly rises: Share
  readonly fades: Share
  readonly spikes: Share
  /** Of the alarms upwards, those on a rise or spike. */
  readonly precision: Share
  readonly delayDays: { readonly p50: number | null; readonly p90: number | null }
  readonly falseAlarmsPerSeriesYear: number
}

export interface Share {
  readonly of: number
  readonly found: number
  /** Null where there are none. */
  readonly share: number | null
}

/** An alarm this long after the end of its trend still means it. */
const AFTER_DAYS = 7
/** The usual share takes this long to forget a trend: going back to normal looks like the opposite one. */
const ECHO_DAYS = 28
const YEAR_DAYS = 365

export function gradeTrends(judged: Judged): TrendGrade {
  const bySeries = new Map<string, TrueTrend[]>()
  for (const trend of judged.truth) bySeries.set(trend.series, [...(bySeries.get(trend.series) ?? []), trend])
  const found = new Map<TrueTrend, number>()
  let upwards = 0
  let meant = 0
  let wrong = 0
  for (const alarm of judged.alarms) {
    if (alarm.day < judged.fromDay || alarm.day > judged.untilDay) continue
    const trends = bySeries.get(alarm.series) ?? []
    const hit = trends.find((trend) => isMeant(alarm, trend))
    if (hit !== undefined && !found.has(hit)) found.set(hit, Math.max(0, alarm.day - hit.onsetDay))
    const isEcho = hit === undefined && trends.some((trend) => echoes(alarm, trend))
    if (hit === undefined && !isEcho) wrong++
    if (alarm.kind === 'fading' || isEcho) continue
    upwards++
    if (hit !== undefined) meant++
  }
  const kinds = (kind: TrueTrend['kind']): Share => {
    const all = judged.truth.filter((trend) => trend.kind === kind)
    return shareOf(all.length, all.filter((trend) => found.has(trend)).length)
  }
  const delays = [...found]
    .flatMap(([trend, days]) => (trend.kind === 'rising' ? [days] : []))
    .toSorted((a, b) => a - b)
  const years = (judged.seriesCount * (judged.untilDay - judged.fromDay)) / YEAR_DAYS
  return {
    rises: kinds('rising'),
    fades: kinds('fading'),
    spikes: kinds('spike'),
    precision: shareOf(upwards, meant),
    delayDays: { p50: quantile(delays, 0.5), p90: quantile(delays, 0.9) },
    falseAlarmsPerSeriesYear: years > 0 ? wrong / years : 0,
  }
}

function isMeant(alarm: Alarm, trend: TrueTrend): boolean {
  const isSameWay = (alarm.kind === 'fading') === (trend.kind === 'fading')
  return isSameWay && alarm.day >= trend.startDay && alarm.day <= trend.endDay + AFTER_DAYS
}

function echoes(alarm: Alarm, trend: TrueTrend): boolean {
  const isOtherWay = (alarm.kind === 'fading') !== (trend.kind === 'fading')
  const goneDay = trend.endDay + (trend.peakDay - trend.startDay)
  return isOtherWay && alarm.day >= trend.endDay && alarm.day <= goneDay + ECHO_DAYS
}

function shareOf(of: number, found: number): Share {
  return { of, found, share: of === 0 ? null : found / of }
}

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}
