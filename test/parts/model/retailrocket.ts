/**
 * test/parts/model/retailrocket: real sessions, where they are on this machine.
 *
 * In: ../shared/data/retailrocket beside the project.
 * Out: lines of its files, or null and the reason for a skip.
 * Invariant: nothing of the data is copied into the project.
 */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const FOLDER = new URL('../../../../shared/data/retailrocket/', import.meta.url)

export const hasRetailRocket = existsSync(FOLDER)
export const SKIP_REASON = '../shared/data/retailrocket'

export function retailRocketLines(name: string): string[] {
  return gunzipSync(readFileSync(new URL(name, FOLDER)))
    .toString('utf8')
    .trim()
    .split('\n')
}
