/**
 * lambda/land: commits what Firehose brought to the landing zone, and cleans it.
 *
 * In: word that there are new objects; which ones does not matter.
 * Out: rows of landing and of clean.clickstreams; the objects are removed.
 * Guarantee: exactly once, see `land-objects.ts`; a run that fails is asked again by the queue, and goes on where it ended.
 * Invariant: what is landed is refined in the same run, so that clean is one delivery behind the stream at most.
 */
import { openRefiner, type Refiner } from '../../steps/refine/clickstreams.ts'
import { landObjects, type Landed, type LandOptions } from '../../steps/deliver/land-objects.ts'
import { openFiles } from './adapters.ts'
import { openAwsLake } from './lake-adapters.ts'
import { opened, SCRATCH_FOLDER } from './environment.ts'

/** A backlog longer than this goes on with the next call. */
const PLANS_MAX = 500

export interface LandHandlerOptions extends LandOptions {
  readonly refiner: Refiner
}

export function createLand(options: LandHandlerOptions) {
  return async (): Promise<{ readonly batchItemFailures: readonly []; readonly events: number }> => {
    let events = 0
    let landed: Landed
    let plans = 0
    do {
      landed = await landObjects(options)
      events += landed.events
      while ((await options.refiner.once()).isBehind);
    } while (landed.isBehind && ++plans < PLANS_MAX)
    return { batchItemFailures: [], events }
  }
}

export const handler = opened(async (environment) => {
  const { clock } = environment
  const lake = await openAwsLake(environment, ['landing', 'clean'])
  const objects = await openFiles(environment)
  return createLand({
    lake,
    objects,
    objectsFolder: 'firehose',
    plans: objects,
    plansFolder: 'landing/plans',
    clock,
    folder: SCRATCH_FOLDER,
    refiner: await openRefiner({ lake, timeZone: environment.value('HEMLINE_TIME_ZONE') }),
  })
})
