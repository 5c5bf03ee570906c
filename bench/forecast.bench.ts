/**
 * forecast.bench: how fast and how good forecasts of many series are.
 *
 * In: generated weekly series of 261 weeks, of four styles and of seeds that nothing was chosen on; --write keeps the
 * figures; --series FILE.csv measures on a file instead.
 * Out: one JSON line a measurement: MASE, WAPE, pinball, coverage beside naive and seasonal naive; series a second.
 * Invariant: the newest 52, 26 or 8 weeks are held out of everything that learns.
 */
import { parseArgs } from 'node:util'
import { accuracyOf } from '../src/steps/forecast/accuracy.ts'
import { backtest } from '../src/steps/forecast/backtest.ts'
import { forecastPanel } from '../src/steps/forecast/panel.ts'
import type { WeeklySeries } from '../src/steps/forecast/prepare.ts'
import { readSeriesFile } from '../src/steps/forecast/series-file.ts'
import { fashionSeries, type Style } from './forecast-series.ts'
import { machine, report } from './result-line.ts'

const SEEDS = [301, 302, 303]
const STYLES: readonly Style[] = ['attention', 'counts', 'unrest', 'breaks']
const WEEKS = 261
const QUALITY_SERIES = 200
const SPEED_SERIES = 1_000
const SPEED_ROUNDS = 3

const { values: flags } = parseArgs({ options: { write: { type: 'boolean' }, series: { type: 'string' } } })
const write = flags.write === true

function market(style: Style, seed: number, series: number, weeks: number): readonly WeeklySeries[] {
  return fashionSeries({ seed, style, series, weeks }).map((values, index) => ({
    name: `${style} ${index}`,
    firstWeek: 0,
    values,
  }))
}

/** Each panel learns for itself; all their series are judged together. */
function quality(
  of: Readonly<Record<string, unknown>>,
  panels: readonly (readonly WeeklySeries[])[],
  horizonWeeks: number,
): void {
  const judged = panels.flatMap((panel) => backtest(panel, horizonWeeks).map((heldOut) => heldOut.judged))
  report({ bench: 'forecast.quality', ...of, horizonWeeks, ...accuracyOf(judged), ...machine() }, write)
}

if (flags.series === undefined) {
  for (const style of STYLES) {
    const of = (historyWeeks: number) => SEEDS.map((seed) => market(style, seed, QUALITY_SERIES, historyWeeks))
    for (const horizonWeeks of [52, 26, 8])
      quality({ style, seeds: SEEDS, historyWeeks: WEEKS }, of(WEEKS), horizonWeeks)
    // Two years, and one: what a young shop has.
    for (const historyWeeks of [112, 60]) quality({ style, seeds: SEEDS, historyWeeks }, of(historyWeeks), 8)
  }
} else {
  const { panel } = await readSeriesFile(flags.series)
  for (const horizonWeeks of [52, 26, 8]) quality({ style: 'a file' }, [panel], horizonWeeks)
}

const panel = market('attention', SEEDS[0], SPEED_SERIES, WEEKS)
for (let round = 1; round <= SPEED_ROUNDS; round += 1) {
  const startedMs = performance.now()
  const before = process.cpuUsage()
  forecastPanel(panel, 52)
  const cpu = process.cpuUsage(before)
  const seconds = (performance.now() - startedMs) / 1000
  const cpuSeconds = (cpu.user + cpu.system) / 1e6
  const figures = { series: SPEED_SERIES, weeks: WEEKS, horizonWeeks: 52, round, seconds, cpuSeconds }
  report({ bench: 'forecast.speed', ...figures, ...machine() }, write)
}
