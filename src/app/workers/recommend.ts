/**
 * workers/recommend: the thread that learns and keeps slates ready.
 *
 * In: the stream's folder and doorbell.
 * Out: slates in the serving store; news of them to the main thread.
 * Invariant: ends only when told to, with its model image saved.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { ServedPeople } from '../../parts/serving/port.ts'
import type { ExplainQuestion, RankQuestion } from '../../parts/serving/ranking.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
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
/** Ten minutes. */
const BASE_ATTEMPTS_MAX = 1200

export interface ForgetArgument extends ServedPeople {
  readonly upTo: Position
}

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
  onNotLearned: (stored, fault) => port.postMessage({ notLearned: { ...stored, message: messageOf(fault) } }),
})

const saveBase = () =>
  recommender.saveBase((image, position) => base.keep(image, position, (folder) => serving.copyTo(folder)))

/** Asked for in the middle of a turn, and begun after it. */
const betweenTurns: (() => void)[] = []
const afterTurn = <Result>(task: () => Promise<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    betweenTurns.push(() => void task().then(resolve, reject))
  })

/** Everything up to the position is learned first, so that none of it comes back. */
const forget = async ({ upTo, ...people }: ForgetArgument): Promise<{ sessions: number }> => {
  for (;;) {
    const forgotten = await afterTurn(async () => {
      if (isAfter(upTo, recommender.learned())) return null
      const { visitorKeys, sessions } = recommender.forget(people)
      await serving.forget({ visitorKeys, userIds: people.userIds })
      return { sessions }
    })
    if (forgotten !== null) return forgotten
  }
}

/** What was forgotten leaves the files: the image, the base where there is one, and the pages of the serving store. */
const clearForgotten = async (): Promise<void> => {
  await afterTurn(recommender.replaceImage)
  await serving.clearForgotten()
  if (base.position() === null) return
  // A base needs that no slate is owed.
  for (let attempt = 0; attempt < BASE_ATTEMPTS_MAX; attempt++) {
    if ((await afterTurn(saveBase)) !== null) return
    await new Promise((resolve) => setTimeout(resolve, IDLE_WAIT_MS))
  }
  throw new Error('the shop was too busy for ten minutes to save a base without who was forgotten')
}
const stopping = new AbortController()
const stopped = Promise.withResolvers<void>()

answerCalls(port, {
  status: () => ({ done: recommender.learned(), count: slates }),
  rank: (question: RankQuestion) => rankGiven(recommender.context(), question),
  explain: (question: ExplainQuestion) => explainVisitor(recommender.context(), question),
  'save-base': () => afterTurn(saveBase),
  forget,
  'clear-forgotten': clearForgotten,
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
