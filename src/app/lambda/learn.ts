/**
 * lambda/learn: teaches the model every five minutes and publishes it.
 *
 * In: a call by the schedule; the stream from where the model stands.
 * Out: the model's image in S3; the lists that all pages share.
 * Guarantee: effectively once, see `learn-stream.ts`; a run that is cut off is taken over by the next.
 * Invariant: one writer: of two runs at once the slower is refused and has changed nothing that the other did not also write.
 */
import { seededHashKey } from '../../parts/access/seeded-keys.ts'
import { learnStream, type Learned, type LearnOptions } from '../../steps/recommend/learn-stream.ts'
import { openModelImages, openShelf, openStreamReader, readSeed } from './adapters.ts'
import { opened } from './environment.ts'

/** Of the time limit, kept for lists and for the image. */
const RESERVE_MS = 240_000

interface LambdaContext {
  getRemainingTimeInMillis(): number
}

export function createLearn(options: Omit<LearnOptions, 'until'>) {
  return (_event: unknown, context: LambdaContext): Promise<Learned> =>
    learnStream({ ...options, until: () => context.getRemainingTimeInMillis() < RESERVE_MS })
}

export const handler = opened(async (environment) =>
  createLearn({
    hashKey: seededHashKey(await readSeed(environment)),
    reader: openStreamReader(environment),
    images: openModelImages(environment),
    shelf: openShelf(environment),
    clock: environment.clock,
  }),
)
