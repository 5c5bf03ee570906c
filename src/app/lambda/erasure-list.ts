/**
 * lambda/erasure-list: who has been erased, as one object that several functions share.
 *
 * In: erasures.
 * Out: all of them, oldest first.
 * Invariant: only keyed hashes and counts stand in it; of two that write at once neither's erasure is lost.
 */
import type { Erasure } from '../../parts/access/suppression.ts'
import { mergeErasures } from '../../parts/access/suppression.ts'
import type { PublishedObjects } from '../../parts/serving/published.ts'
import { HemlineError } from '../../std/errors.ts'

const NAME = 'erasures.json'
const TRIES_MAX = 10

export interface ErasureList {
  list(): Promise<readonly Erasure[]>
  /** Adds an erasure, or puts it in place of the one with its id. */
  put(erasure: Erasure): Promise<void>
}

export function createErasureList(published: PublishedObjects): ErasureList {
  const read = async (): Promise<{ readonly erasures: readonly Erasure[]; readonly tag: string | null }> => {
    const found = await published.read(NAME, null)
    if (found === null || found === 'unchanged') return { erasures: [], tag: null }
    return { erasures: JSON.parse(Buffer.from(found.bytes).toString('utf8')) as readonly Erasure[], tag: found.tag }
  }
  return {
    list: async () => (await read()).erasures,
    async put(erasure) {
      for (let tries = 1; tries <= TRIES_MAX; tries++) {
        const { erasures, tag } = await read()
        const bytes = Buffer.from(JSON.stringify(mergeErasures(erasures, [erasure])))
        if ((await published.replace(NAME, bytes, tag)) !== null) return
      }
      throw new HemlineError('HEM_AWS_UNAVAILABLE', {
        subject: 'the list of erasures',
        expected: 'to be written',
        got: `${TRIES_MAX} others that wrote it at the same moment`,
        remedy: 'try again',
      })
    },
  }
}
