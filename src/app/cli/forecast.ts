/**
 * cli/forecast: `hemline forecast` and `hemline forecast --series FILE.csv`.
 *
 * In: the shop's lake, or a file of anyone's weekly series.
 * Out: what will trend and why, or quantiles of the coming weeks; how wrong such forecasts were.
 * Invariant: with --backtest nothing that is forecast was seen.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Backtest } from '../../steps/forecast/accuracy.ts'
import type { SeriesForecast } from '../../steps/forecast/panel.ts'
import type { WeeklySeries } from '../../steps/forecast/prepare.ts'
import type { ForecastReport } from '../../steps/forecast/run-forecast.ts'
import type { WeekForm } from '../../steps/forecast/week-form.ts'
import { ask } from './ask.ts'
import { wholeNumberFlag, wrongFlag } from './flags.ts'
import { printBacktest, printSeries, printTrends } from './forecast-text.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printError, printJson, progressBar } from './terminal.ts'

const HORIZON_WEEKS = 26

interface ForecastFlags {
  readonly series?: string
  readonly horizon?: string
  readonly backtest?: boolean
  readonly json?: boolean
}

export function addForecastCommand(program: Command): void {
  withDataFlag(program.command('forecast'))
    .description('say what will trend in the shop, or extend the weekly series of any CSV file')
    .option('--series <file>', 'CSV with the columns series, week and value, .gz or not; docs/forecast.md describes it')
    .option('--horizon <weeks>', `with --series: weeks to forecast, 1 to 104 (default: ${HORIZON_WEEKS})`)
    .option('--backtest', 'with --series: hold out the newest weeks, forecast them, and print the errors')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ForecastFlags) => {
      if (flags.series !== undefined) return forecastFile(resolve(flags.series), flags)
      for (const name of ['horizon', 'backtest'] as const) {
        if (flags[name] !== undefined) throw wrongFlag(`--${name}`, 'it beside --series', 'it alone')
      }
      const report = await ask<ForecastReport>(configOf(flags), 'forecast', null)
      if (flags.json) printJson(report)
      else printTrends(report)
    })
}

const EXAMPLES = `
Weeks are dates (2026-11-23), ISO weeks (2026-W48), years and weeks (202648) or whole numbers. Values are at least 0; a
week without a row, or with an empty value, is unknown: write 0 where nothing was sold.

  hemline forecast
  hemline forecast --series sales.csv --horizon 8
  hemline forecast --series sales.csv --horizon 52 --backtest --json`

async function forecastFile(path: string, flags: ForecastFlags): Promise<void> {
  const [{ readSeriesFile }, { forecastPanel, HORIZON_WEEKS_MAXIMUM }, { backtest }, { accuracyOf }] =
    await Promise.all([
      import('../../steps/forecast/series-file.ts'),
      import('../../steps/forecast/panel.ts'),
      import('../../steps/forecast/backtest.ts'),
      import('../../steps/forecast/accuracy.ts'),
    ])
  const horizonWeeks = wholeNumberFlag('--horizon', flags.horizon ?? String(HORIZON_WEEKS), {
    least: 1,
    most: HORIZON_WEEKS_MAXIMUM,
  })
  const { panel, unknown, weeks } = await readSeriesFile(path)
  if (unknown.length > 0) printError(new Error(`left out, since no value is known: ${unknown.slice(0, 5).join(', ')}`))
  const bar = progressBar()
  const onProgress = (done: number, total: number): void => bar.onProgress({ label: 'series fitted', done, total })
  if (!flags.backtest) {
    const forecasts = forecastPanel(panel, horizonWeeks, onProgress)
    bar.finish()
    if (flags.json) return printJson(jsonOf(panel, forecasts, { weeks, horizonWeeks }))
    print(`${panel.length} series, ${horizonWeeks} weeks ahead, 80 % intervals.\n`)
    return printSeries(panel, forecasts)
  }
  const heldOut = backtest(panel, horizonWeeks, onProgress)
  bar.finish()
  const errors = accuracyOf(heldOut.map(({ judged }) => judged))
  const seen = heldOut.map(({ index, historyWeeks }): WeeklySeries => {
    return { ...panel[index], values: panel[index].values.subarray(0, historyWeeks) }
  })
  const forecasts = heldOut.map(({ forecast }) => forecast)
  if (flags.json) {
    const own = heldOut.map(({ actual, judged }) => ({ actual, errors: accuracyOf([judged]) }))
    return printJson({ backtest: jsonErrors(errors), ...jsonOf(seen, forecasts, { weeks, horizonWeeks, own }) })
  }
  if (errors.weeks === 0) return print(`No series is longer than ${horizonWeeks} weeks: there is nothing to judge.`)
  print(`${errors.series} of ${panel.length} series judged on their newest ${horizonWeeks} weeks, held out.\n`)
  printBacktest(errors)
  print('')
  printSeries(seen, forecasts)
}

interface Shown {
  readonly weeks: WeekForm
  readonly horizonWeeks: number
  readonly own?: readonly { readonly actual: Float64Array; readonly errors: Backtest }[]
}

function jsonOf(panel: readonly WeeklySeries[], forecasts: readonly SeriesForecast[], shown: Shown): object {
  return {
    horizon_weeks: shown.horizonWeeks,
    series: panel.map(({ name, firstWeek, values }, index) => {
      const { p10, p50, p90 } = forecasts[index]
      const own = shown.own?.[index]
      const known = (value: number): number | null => (Number.isNaN(value) ? null : value)
      return {
        series: name,
        history_weeks: values.length,
        ...(own === undefined ? {} : { backtest: jsonErrors(own.errors) }),
        forecast: Array.from(p50, (point, step) => ({
          week: shown.weeks.textOf(firstWeek + values.length + step),
          p10: p10[step],
          p50: point,
          p90: p90[step],
          ...(own === undefined ? {} : { actual: known(own.actual[step]) }),
        })),
      }
    }),
  }
}

function jsonErrors({ mase, wape, pinball, coverage, naive, seasonalNaive, series, weeks }: Backtest): object {
  return { mase, wape, pinball, coverage, naive, seasonal_naive: seasonalNaive, series, weeks }
}
