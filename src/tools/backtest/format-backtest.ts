/**
 * backtest/format-backtest: two configurations side by side, as text for people.
 *
 * In: the report of `backtest`.
 * Out: a line a measure: both rates in percent, the difference with its interval, and what that means.
 * Invariant: no difference stands without its interval.
 */
import { MEASURES, type BacktestReport, type Measure } from './backtest.ts'
import type { Comparison } from './paired-bootstrap.ts'

const NAMES: Readonly<Record<Measure, string>> = {
  hit_rate: 'next product on the page',
  mean_reciprocal_rank: 'mean of 1/place',
  cart_hit_rate: 'product put in cart',
  purchase_hit_rate: 'product bought',
}

export function formatBacktest(report: BacktestReport): string {
  const width = Math.max(...Object.values(NAMES).map((name) => name.length))
  const lines = [`${''.padEnd(width)}       A        B    B − A   95 % interval       acts  visitors`]
  for (const measure of MEASURES) {
    const found = report[measure]
    lines.push(
      `${NAMES[measure].padEnd(width)}  ${found === null ? '(no such act since then)' : comparisonText(found)}`,
    )
  }
  return lines.join('\n')
}

function comparisonText({ a, b, difference, low, high, trials, visitors }: Comparison): string {
  const interval = `${signed(low)} to ${signed(high)}`
  const verdict = low > 0 ? '  B is better' : high < 0 ? '  A is better' : '  no clear difference'
  return `${percent(a)}  ${percent(b)}  ${signed(difference).padStart(7)}   ${interval.padEnd(16)}  ${String(trials).padStart(6)}  ${String(visitors).padStart(8)}${verdict}`
}

function percent(share: number): string {
  return (100 * share).toFixed(2).padStart(6)
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(2)}`
}
