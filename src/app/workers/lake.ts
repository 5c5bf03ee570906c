/**
 * workers/lake: the thread that brings events and orders into the lake.
 *
 * In: calls from the main thread: deliver, nights, report, audience, verify, repair, trace and erase, trim,
 *   status, stop.
 * Out: commits in the lake; counts.
 * Invariant: one task at a time, in the order asked, so that two never write the same table at once.
 */
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { admissionBy } from '../../parts/access/suppression.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import { isTrimDue, trimLog, type RetentionLimits, type Trimmed } from '../../parts/stream/retention.ts'
import {
  keepNotLearned,
  listDeadLetters,
  replayDeadLetters,
  type ReplayOptions,
} from '../../steps/deliver/dead-letters.ts'
import { deliveredUpto, deliverOnce } from '../../steps/deliver/deliver.ts'
import { selectAudience, type AudienceRequest } from '../../steps/report/audience.ts'
import { weeklyReport } from '../../steps/report/weekly-report.ts'
import { openRefiner } from '../../steps/refine/clickstreams.ts'
import { openErasureFile } from '../../wings/embedded/access/erasure-file.ts'
import { openStreamReader } from '../../wings/embedded/stream/lmdb-reader.ts'
import { openStreamTrimmer } from '../../wings/embedded/stream/lmdb-trimmer.ts'
import { MAINTENANCE, openFolderLake } from '../lake-access.ts'
import type { TrimArgument } from '../retention.ts'
import { answerCalls, type OnProgress } from '../worker-calls.ts'
import { erasePerson, tracePerson, type EraseArgument, type TraceArgument, type Traced } from './forget.ts'
import { forecastNewest } from './forecast-newest.ts'
import { runDueNights, type NightsArgument } from './nights.ts'
import { repairLake, verifyLake } from './repair.ts'
import { stageBackup } from './stage-backup.ts'
import type { LakeWorkerData } from './worker-data.ts'

const THREADS = 2
const MAINTAIN_EVERY_MS = 60 * 60_000
/** Batches of one call; a backlog longer than this goes on with the next call. */
const MAX_BATCHES = 10_000

/** Slices that one call trims; a delivery may come after it. */
const MAX_SLICES = 500

const { paths, doorbell, timeZone, lakeMegabytes, hashKey } = workerData as LakeWorkerData
const port = parentPort
if (port === null) throw new Error('this file runs as a worker')

// Events and pages come before the lake. On Linux this is the thread's own priority, and that of DuckDB's threads.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW)

const clock = { nowMs: () => Date.now() }
const reader = openStreamReader({ folder: paths.stream, doorbell })
const trimmer = openStreamTrimmer(paths.stream)
const lake = await openFolderLake(paths, { clock, memoryLimit: `${lakeMegabytes}MB`, threads: THREADS })
await lake.ensureTables()
const refiner = await openRefiner({ lake, timeZone })
const erasures = openErasureFile(paths.root)

let done = await deliveredUpto(lake)
let deliveredRows = 0
let maintainedMs = performance.now()

const deliver = async (onProgress?: OnProgress): Promise<{ events: number; refined: number }> => {
  let events = 0
  let refined = 0
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const delivery = await deliverOnce({ reader, lake, folder: paths.work })
    events += delivery.events
    deliveredRows += delivery.events
    done = delivery.to
    const refinement = await refiner.once()
    refined += refinement.rows
    onProgress?.({ label: 'events into the lake', done: events, total: null })
    if (!delivery.isBehind && !refinement.isBehind) break
  }
  if (performance.now() - maintainedMs > MAINTAIN_EVERY_MS) {
    await lake.maintain(MAINTENANCE)
    maintainedMs = performance.now()
  }
  return { events, refined }
}

/** Between deliveries, so that the ledger is never counted while records go. */
const trim = async ({ limits, base }: TrimArgument): Promise<Trimmed> => {
  const delivered = await deliveredUpto(lake)
  if (delivered === null) return { records: 0, isBehind: false }
  const upTo = isAfter(base, delivered) ? delivered : base
  return trimLog(trimmer, { limits, nowMs: clock.nowMs(), upTo, maxSlices: MAX_SLICES })
}

const nights = async (argument: NightsArgument, onProgress: OnProgress) => {
  await deliver(onProgress)
  // Read anew each time: somebody may have been erased since.
  const admission = admissionBy(erasures.list(), hashKey)
  return runDueNights(argument, { lake, clock, timeZone, hashKey, admission, folder: paths.work, onProgress })
}

const forgetContext = { lake, reader, hashKey, folder: paths.work }
const trace = async (argument: TraceArgument, onProgress: OnProgress): Promise<Traced> => {
  await deliver(onProgress)
  return tracePerson(forgetContext, argument)
}

let queue: Promise<unknown> = Promise.resolve()
const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
  const turn = queue.then(task)
  queue = turn.catch(() => undefined)
  return turn
}

answerCalls(port, {
  deliver: (_: null, onProgress) => inTurn(() => deliver(onProgress)),
  nights: (argument: NightsArgument, onProgress) => inTurn(() => nights(argument, onProgress)),
  forecast: (_: null, onProgress) => inTurn(() => forecastNewest(lake, onProgress)),
  verify: (_: null, onProgress) => inTurn(() => verifyLake({ lake, reader, onProgress })),
  repair: (_: null, onProgress) =>
    inTurn(() => repairLake({ lake, reader, refiner, folder: paths.work, onProgress, deliver })),
  trace: (argument: TraceArgument, onProgress) => inTurn(() => trace(argument, onProgress)),
  erase: (argument: EraseArgument, onProgress) => inTurn(() => erasePerson(forgetContext, argument, onProgress)),
  'is-trim-due': (limits: RetentionLimits) => isTrimDue(trimmer, limits, clock.nowMs()),
  trim: (argument: TrimArgument) => inTurn(() => trim(argument)),
  'dead-letters': ({ sequence }: { sequence: string | null }) => listDeadLetters(lake, sequence),
  'dead-letter-replay': (argument: Pick<ReplayOptions, 'sequence' | 'corrected'>) =>
    inTurn(() => replayDeadLetters({ ...argument, lake, folder: paths.work, refine: refiner.again })),
  'not-learned': (told: StoredRecord & { readonly message: string }) =>
    inTurn(() => keepNotLearned({ lake, folder: paths.work }, told)),
  'stage-backup': () => inTurn(() => stageBackup({ paths, lake, trimmer })),
  // Readers see committed snapshots, so these need not wait for their turn.
  report: (argument: { date: string | null; shop: string | null }) => weeklyReport(lake, argument),
  audience: (argument: AudienceRequest) => selectAudience(lake, argument),
  status: () => ({ done, count: deliveredRows }),
  stop: () =>
    inTurn(async () => {
      await deliver()
      refiner.close()
      lake.close()
      await reader.close()
      await trimmer.close()
    }),
})
port.postMessage({ ready: true })
