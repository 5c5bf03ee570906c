/**
 * lambda/forecast: looks weeks ahead, once the marts of a night are there.
 *
 * In: a call once `refine` has succeeded.
 * Out: the newest night's rows of mart.trend_forecast.
 * Invariant: the same tables give the same rows, so the call may come again.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { newestNight, runForecast } from '../../steps/forecast/run-forecast.ts'
import { openAwsLake } from './lake-adapters.ts'
import { opened } from './environment.ts'

export function createForecast(lake: Lake) {
  return async (): Promise<{ readonly computedOn: string | null }> => {
    const computedOn = await newestNight(lake)
    if (computedOn !== null) await runForecast({ lake, computedOn })
    return { computedOn }
  }
}

export const handler = opened(async (environment) => createForecast(await openAwsLake(environment, ['mart'])))
