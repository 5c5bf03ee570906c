/**
 * lambda/refine: brings the copied nights into the lake, reconciles them and builds the marts.
 *
 * In: a call once `extract` has succeeded; the copies under extract/ that no night has finished with.
 * Out: rows of landing, clean and mart; files that no snapshot needs are removed.
 * Guarantee: nights in the order of their dates, each wholly or again; a date copied twice counts once.
 * Invariant: a night whose counts differ, or that breaks an expectation, stops here and keeps yesterday's marts.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import type { FileStore } from '../../parts/lake/port.ts'
import type { Clock } from '../../std/clock.ts'
import { lastNight } from '../../steps/extract/due-nights.ts'
import { fetchCopy, storedNights } from '../../steps/extract/night-copies.ts'
import { landNight, recordFinished } from '../../steps/extract/run-nights.ts'
import { MAINTENANCE } from '../lake-access.ts'
import { martsOfNight } from '../marts-of-night.ts'
import { openFiles } from './adapters.ts'
import { openAwsLake } from './lake-adapters.ts'
import { opened } from './environment.ts'
import { COPIES_FOLDER } from './extract.ts'

export interface RefineOptions {
  readonly lake: Lake
  readonly files: FileStore
  readonly copiesFolder: string
  readonly clock: Clock
}

export function createRefine({ lake, files, copiesFolder, clock }: RefineOptions) {
  return async (): Promise<{ readonly dates: readonly string[] }> => {
    const nights = await storedNights(files, copiesFolder, await lastNight(lake))
    for (const { dates, copies } of nights) {
      const startedAt = new Date(clock.nowMs()).toISOString()
      const report = await landNight(await fetchCopy(files, copies[0]), { lake, clock })
      for (const copy of copies.slice(1)) await landNight(await fetchCopy(files, copy), { lake, clock })
      await martsOfNight({
        lake,
        clock,
        last: dates[dates.length - 1],
        readFrom: report.readFrom,
        edited: copies.slice(1).map((copy) => copy.dates),
        // After an outage the days before were not usual ones.
        expectsUsualDay: nights.length === 1 && dates.length === 1,
        despiteChecks: false,
      })
      await recordFinished(dates, { lake, clock, startedAt })
    }
    await lake.maintain(MAINTENANCE)
    return { dates: nights.flatMap(({ dates }) => dates) }
  }
}

export const handler = opened(async (environment) =>
  createRefine({
    lake: await openAwsLake(environment, ['landing', 'clean', 'mart']),
    files: await openFiles(environment),
    copiesFolder: COPIES_FOLDER,
    clock: environment.clock,
  }),
)
