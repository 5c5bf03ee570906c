/**
 * lambda/extract: copies the shop's days that are over, at 00:01 shop time.
 *
 * In: a call by the schedule; the shop's database, from within its network.
 * Out: files of the days under extract/; which dates they are.
 * Guarantee: missed dates are found by itself, see `night-copies.ts`; the same call again copies what is due then.
 * Invariant: nothing that names a person leaves this function; who was erased is not copied again.
 */
import { seededHashKey } from '../../parts/access/seeded-keys.ts'
import { admissionBy } from '../../parts/access/suppression.ts'
import { storeNight, type CopyOptions } from '../../steps/extract/night-copies.ts'
import { openErasures, openFiles, readSeed } from './adapters.ts'
import { opened, SCRATCH_FOLDER } from './environment.ts'
import type { ErasureList } from './erasure-list.ts'
import { openShopDatabase } from './shopdb-adapters.ts'

export const COPIES_FOLDER = 'extract'

export interface ExtractOptions extends Omit<CopyOptions, 'admission'> {
  readonly erasures: Pick<ErasureList, 'list'>
}

export function createExtract({ erasures, ...options }: ExtractOptions) {
  return async (): Promise<{ readonly dates: readonly string[] }> => {
    const admission = admissionBy(await erasures.list(), options.hashKey)
    return { dates: await storeNight({ ...options, admission }) }
  }
}

export const handler = opened(async (environment) =>
  createExtract({
    shop: openShopDatabase(environment),
    files: await openFiles(environment),
    copiesFolder: COPIES_FOLDER,
    clock: environment.clock,
    timeZone: environment.value('HEMLINE_TIME_ZONE'),
    erasures: openErasures(environment),
    hashKey: seededHashKey(await readSeed(environment)),
    temporaryFolder: SCRATCH_FOLDER,
  }),
)
