/**
 * lambda/refine: brings the copied nights into the lake, reconciles them and builds the marts.
 *
 * In: a call once `extract` has succeeded; the copies under extract/ that no night has finished with.
 * Out: rows of landing, clean and mart; erasures that are due; files that no snapshot needs are removed.
 * Guarantee: nights in the order of their dates, each wholly or again; a date copied twice counts once.
 * Invariant: a night whose counts differ, or that breaks an expectation, stops here and keeps yesterday's marts.
 */
import { seededHashKey } from '../../parts/access/seeded-keys.ts'
import type { FileStore } from '../../parts/lake/port.ts'
import { lastNight } from '../../steps/extract/due-nights.ts'
import { fetchCopy, storedNights } from '../../steps/extract/night-copies.ts'
import { landNight, recordFinished } from '../../steps/extract/run-nights.ts'
import { MAINTENANCE } from '../lake-access.ts'
import { martsOfNight } from '../marts-of-night.ts'
import { openErasures, openFiles, openStream, openVisitors, readSeed } from './adapters.ts'
import { openAwsLake } from './lake-adapters.ts'
import { opened } from './environment.ts'
import { eraseDue, type EraseOptions } from './erase.ts'
import { COPIES_FOLDER } from './extract.ts'

export interface RefineOptions extends EraseOptions {
  readonly files: FileStore
  readonly copiesFolder: string
}

export function createRefine({ lake, files, copiesFolder, clock, ...erasing }: RefineOptions) {
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
    await eraseDue({ lake, clock, ...erasing })
    await lake.maintain(MAINTENANCE)
    return { dates: nights.flatMap(({ dates }) => dates) }
  }
}

export const handler = opened(async (environment) =>
  createRefine({
    lake: await openAwsLake(environment, ['landing', 'clean', 'mart']),
    files: await openFiles(environment),
    copiesFolder: COPIES_FOLDER,
    visitors: openVisitors(environment),
    stream: openStream(environment),
    erasures: openErasures(environment),
    hashKey: seededHashKey(await readSeed(environment)),
    clock: environment.clock,
  }),
)
