/**
 * workers/forecast-newest: the forecast as of the newest night, when a person asks.
 *
 * In: the lake.
 * Out: the newest night's rows of mart.trend_forecast, and what they say.
 * Invariant: the same tables give the same rows as the night itself did.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { HemlineError } from '../../std/errors.ts'
import { newestNight, runForecast, type ForecastReport } from '../../steps/forecast/run-forecast.ts'
import type { OnProgress } from '../worker-calls.ts'

/** @throws HEM_FORECAST_NO_NIGHT */
export async function forecastNewest(lake: Lake, onProgress: OnProgress): Promise<ForecastReport> {
  const computedOn = await newestNight(lake)
  if (computedOn === null) {
    throw new HemlineError('HEM_FORECAST_NO_NIGHT', {
      subject: 'forecast',
      expected: 'a night that was copied',
      got: 'none',
      remedy: 'run `hemline nightly` first',
    })
  }
  return runForecast({
    lake,
    computedOn,
    onDimension: (done, total) => onProgress({ label: 'dimensions forecast', done, total }),
  })
}
