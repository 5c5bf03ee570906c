/**
 * score/format-score: grades as text.
 *
 * In: a score.
 * Out: a few short tables.
 * Invariant: what was not graded says why.
 */
import type { Share } from './grade-trends.ts'
import type { Score } from './score.ts'

const NAME_WIDTH = 24

export function formatScore({ events, days, trends, recommender, lift }: Score): string {
  return [
    `${events.toLocaleString('en')} events over ${days} days`,
    '',
    ...trendLines(trends),
    '',
    recommender === null
      ? 'recommender: not graded, the truth names no shopper whom the log knows'
      : `recommender, NDCG@20 of ${recommender.shoppers} shoppers: ours ${three(recommender.ours)}, trending ${three(recommender.trending)}, newest ${three(recommender.newest)}`,
    lift === null
      ? 'lift: not graded, the log shows no two groups with orders'
      : `lift of recommendations on visits that order: ${percent(lift.lift)} (95 %: ${percent(lift.low)} to ${percent(lift.high)}), truth ${lift.truth === null ? 'unknown' : percent(lift.truth)}`,
  ].join('\n')
}

function trendLines(trends: Score['trends']): string[] {
  if (trends === null) return ['trends: not graded, the truth names none']
  const head = ['rises', 'fades', 'spikes', 'precision', 'delay p50/p90 d', 'false alarms per series-year']
  const lines = trends.map((grade) =>
    [
      grade.detector.padEnd(NAME_WIDTH),
      ...[grade.rises, grade.fades, grade.spikes, grade.precision].map(shareText),
      `${days(grade.delayDays.p50)} / ${days(grade.delayDays.p90)}`,
      grade.falseAlarmsPerSeriesYear.toFixed(2),
    ].join('  '),
  )
  return [`${'trends: recall of'.padEnd(NAME_WIDTH)}  ${head.join('  ')}`, ...lines]
}

function shareText({ of, found, share }: Share): string {
  return share === null ? '-' : `${share.toFixed(2)} (${found}/${of})`
}

function days(value: number | null): string {
  return value === null ? '-' : value.toFixed(0)
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${(100 * Math.abs(share)).toFixed(1)} %`
}

function three(value: number): string {
  return value.toFixed(3)
}
