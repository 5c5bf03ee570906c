/**
 * workers/recommend: the thread that learns and keeps slates ready.
 *
 * In: the stream's folder and doorbell.
 * Out: slates in the serving store; news of them to the main thread.
 * Invariant: ends only when told to, with its model image saved.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { ExplainQuestion, RankQuestion } from '../../parts/serving/ranking.ts'
import { messageOf } from '../../std/errors.ts'
import { explainVisitor, rankGiven } from '../../steps/recommend/on-demand.ts'
import { createRecommender } from '../../steps/recommend/recommender.ts'
import { fileImageStore } from '../../wings/embedded/model/file-image-store.ts'
import { openLogBase } from '../../wings/embedded/model/log-base.ts'
import { openServingStore } from '../../wings/embedded/serving/lmdb-serving.ts'
import { openStreamReader } from '../../wings/embedded/stream/lmdb-reader.ts'
import { answerCalls } from '../worker-calls.ts'
import type { RecommendWorkerData } from './worker-data.ts'

const IDLE_WAIT_MS = 500

const { paths, doorbell, servingFacts, watchers } = workerData as RecommendWorkerData
const port = parentPort
if (port === null) throw new Error('this file runs as a worker')

const openStreams = new Int32Array(watchers)
let slates = 0
const reader = openStreamReader({ folder: paths.stream, doorbell })
const serving = openServingStore({ folder: paths.serving, facts: servingFacts })
const base = openLogBase(paths.base)
const recommender = await createRecommender({
  reader,
  serving,
  images: fileImageStore(paths.model),
  loadBase: async () => base.image(),
  clock: { nowMs: () => Date.now() },
  onSlates(visitorKeys) {
    slates += visitorKeys.length
    // A message wakes the main thread, which answers requests; so only where somebody waits for it.
    if (Atomics.load(openStreams, 0) > 0) port.postMessage({ slates: visitorKeys })
  },
  onBrokenImage: (error) => port.postMessage({ fault: error.message }),
})

const saveBase = () =>
  recommender.saveBase((image, position) => base.keep(image, position, (folder) => serving.copyTo(folder)))

/** Asked for in the middle of a turn, and begun after it. */
const betweenTurns: (() => void)[] = []
const stopping = new AbortController()
const stopped = Promise.withResolvers<void>()

answerCalls(port, {
  status: () => ({ done: recommender.learned(), count: slates }),
  rank: (question: RankQuestion) => rankGiven(recommender.context(), question),
  explain: (question: ExplainQuestion) => explainVisitor(recommender.context(), question),
  'save-base': () =>
    new Promise((resolve, reject) => {
      betweenTurns.push(() => void saveBase().then(resolve, reject))
    }),
  stop: async () => {
    stopping.abort()
    await stopped.promise
  },
})

// Replays what the image lacks before the first request is answered.
while (!recommender.isCaughtUp()) await recommender.turn()
port.postMessage({ ready: true })

while (!stopping.signal.aborted) {
  const more = await recommender.turn()
  for (const begin of betweenTurns.splice(0)) begin()
  if (!more) await recommender.wait(IDLE_WAIT_MS)
  // Lets calls from the main thread in between two turns.
  else await new Promise((resolve) => setImmediate(resolve))
}
// Slates that are due are finished, product lists may wait for the next start.
while (recommender.pending().slates > 0) await recommender.turn()
try {
  await recommender.saveImage()
} catch (error) {
  // The next start replays the stream instead.
  port.postMessage({ fault: `the model image was not saved: ${messageOf(error)}` })
}
await reader.close()
await serving.close()
stopped.resolve()
