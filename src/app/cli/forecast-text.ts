/**
 * cli/forecast-text: forecasts and their errors for people.
 *
 * In: forecasts of a file or of the shop, with their backtests.
 * Out: tables and small curves.
 * Invariant: what is not known reads "no source" or stays blank, never 0.
 */
import type { Backtest } from '../../steps/forecast/accuracy.ts'
import type { Quantiles } from '../../steps/forecast/intervals.ts'
import type { WeeklySeries } from '../../steps/forecast/prepare.ts'
import type { ForecastReport } from '../../steps/forecast/run-forecast.ts'
import { print, printTable } from './terminal.ts'

const ROWS_SHOWN = 20
const BARS = '▁▂▃▄▅▆▇█'
const CURVE_WEEKS = 26
const CURVE_FORECAST_WEEKS = 13

export function printBacktest(errors: Backtest): void {
  const { naive, seasonalNaive } = errors
  printTable(
    ['', 'MASE', 'WAPE', 'pinball', 'within 80 %'],
    [
      ['forecast', figure(errors.mase), figure(errors.wape), figure(errors.pinball), percent(errors.coverage)],
      ['last year repeated', figure(seasonalNaive.mase), figure(seasonalNaive.wape), '', ''],
      ['last week repeated', figure(naive.mase), figure(naive.wape), '', ''],
    ],
  )
}

export function printSeries(panel: readonly WeeklySeries[], forecasts: readonly Quantiles[]): void {
  printTable(
    ['series', 'weeks', 'last', 'first', 'p10', 'p90', 'mean', 'known ▏ expected'],
    panel.slice(0, ROWS_SHOWN).map(({ name, values }, index) => {
      const { p10, p50, p90 } = forecasts[index]
      const mean = p50.reduce((sum, value) => sum + value, 0) / p50.length
      const known = values.subarray(-CURVE_WEEKS)
      const expected = p50.subarray(0, CURVE_FORECAST_WEEKS)
      const top = Math.max(...[...known, ...expected].filter((value) => !Number.isNaN(value)))
      const cells = [values[values.length - 1], p50[0], p10[0], p90[0], mean].map(short)
      return [name, values.length, ...cells, `${curve(known, top)}▏${curve(expected, top)}`]
    }),
  )
  if (panel.length > ROWS_SHOWN) print(`… and ${panel.length - ROWS_SHOWN} more; --json prints all`)
}

export function printTrends(report: ForecastReport): void {
  const { willTrend, accuracy, stockSource } = report
  print(`Forecast of ${report.computedOn}: ${report.values} values, half a year of weeks, in mart.trend_forecast.\n`)
  if (willTrend.length === 0) print('Nothing is expected to draw credibly more attention than a year ago.')
  else {
    printTable(
      ['will trend', 'in', 'share', 'last year', 'units 8 wk', 'cover days', 'because'],
      willTrend
        .slice(0, ROWS_SHOWN)
        .map(({ dimension, value, share, lastYear, units, coverDays, reason }) => [
          value,
          dimension,
          percent(share),
          percent(lastYear),
          units === null ? 'no source' : units.toFixed(0),
          stockSource === 'no source' ? stockSource : (coverDays?.toFixed(0) ?? ''),
          reason.slice(0, reason.indexOf(' of attention')),
        ]),
    )
    if (willTrend.length > ROWS_SHOWN) print(`… and ${willTrend.length - ROWS_SHOWN} more; --json prints all`)
  }
  const judged = accuracy.filter(({ backtest }) => backtest.weeks > 0)
  if (judged.length === 0) return print('\nThe history is too short to judge the forecast by.')
  print('\nHow wrong it was on the newest weeks, when they were held out:')
  printTable(
    ['', 'of', 'MASE', 'last year', 'last week', 'WAPE', 'pinball', 'within 80 %'],
    judged.map(({ dimension, measure, backtest }) => [
      dimension,
      measure,
      figure(backtest.mase),
      figure(backtest.seasonalNaive.mase),
      figure(backtest.naive.mase),
      figure(backtest.wape),
      figure(backtest.pinball),
      percent(backtest.coverage),
    ]),
  )
}

function curve(values: Float64Array, top: number): string {
  return [...values]
    .map((value) => (Number.isNaN(value) ? ' ' : BARS[Math.min(7, Math.floor((8 * value) / (top || 1)))]))
    .join('')
}

function figure(value: number | null): string {
  return value === null ? '' : value.toFixed(3)
}

function percent(value: number | null): string {
  return value === null ? '' : `${(100 * value).toFixed(1)} %`
}

function short(value: number): string {
  return Number.isNaN(value) ? '' : String(Number(value.toPrecision(4)))
}
