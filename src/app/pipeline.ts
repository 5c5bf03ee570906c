/**
 * app/pipeline: opens every part of the embedded wing on one data folder, and closes it again.
 *
 * In: settings.
 * Out: the parts, wired: stream, recommender, serving store, lake, shop database, SQL.
 * Guarantee: closing finishes what was accepted: slates are computed and events delivered before the lock is released.
 * Invariant: one pipeline owns the folder; a worker that dies takes the process with it, since its work would pile up unseen.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Position } from '../parts/stream/position.ts'
import type { Experiment } from '../parts/serving/experiment.ts'
import type { ServingStore } from '../parts/serving/port.ts'
import type { Ranking } from '../parts/serving/ranking.ts'
import { shopDayBounds } from '../parts/shopdb/shop-day.ts'
import type { SqlRunner } from '../parts/sql/port.ts'
import type { Clock } from '../std/clock.ts'
import { HemlineError } from '../std/errors.ts'
import { createCollector, type Collector } from '../steps/collect/collector.ts'
import { openRuleDesk, type RuleDesk } from '../steps/collect/rule-desk.ts'
import { createJustActed, type JustActed } from '../steps/respond/just-acted.ts'
import { createSlateWatch, type SlateWatch } from '../steps/respond/slate-watch.ts'
import { openErasureFile } from '../wings/embedded/access/erasure-file.ts'
import { openKeyFile, type KeyFile } from '../wings/embedded/access/key-file.ts'
import { openLogBase } from '../wings/embedded/model/log-base.ts'
import { openServingStore } from '../wings/embedded/serving/lmdb-serving.ts'
import { createServingFacts, type ServingFacts } from '../wings/embedded/serving/serving-facts.ts'
import { prepareServingFolder, sealServingFolder } from '../wings/embedded/serving/serving-files.ts'
import { openStreamReader } from '../wings/embedded/stream/lmdb-reader.ts'
import { openStreamWriter, type EmbeddedStreamWriter } from '../wings/embedded/stream/lmdb-writer.ts'
import { bootId } from './boot-id.ts'
import type { Config } from './config.ts'
import { lockFolder, type DataPaths, type FolderLock } from './data-folder.ts'
import { createErasures, ensureList, type Erasures } from './erasures.ts'
import { loadExperiment } from './experiment-file.ts'
import { openHashKey } from './hash-key.ts'
import { createLog, type Logger } from './log.ts'
import { createRanking } from './ranking.ts'
import { createShopdbAccess, type ShopdbAccess } from './shopdb-access.ts'
import { startSqlRunner } from './sql-pool.ts'
import { openSqlSnapshots } from './sql-snapshots.ts'
import { callsTo, type WorkerCalls } from './worker-calls.ts'
import type { LakeWorkerData, RecommendWorkerData } from './workers/worker-data.ts'

export interface PipelineOptions {
  /** Whether the key "demo" is valid from this machine. */
  readonly demoKey: boolean
}

export interface Pipeline {
  readonly config: Config
  readonly lock: FolderLock
  readonly clock: Clock
  readonly log: Logger
  readonly keys: KeyFile
  readonly stream: EmbeddedStreamWriter
  readonly collector: Collector
  readonly rules: RuleDesk
  /** What some visitors see otherwise, if anything. */
  readonly experiment: Experiment | null
  readonly serving: ServingStore
  readonly watch: SlateWatch
  readonly justActed: JustActed
  readonly recommend: WorkerCalls
  readonly ranking: Ranking
  readonly lake: WorkerCalls
  readonly shopdb: ShopdbAccess
  readonly sql: SqlRunner
  readonly erasures: Erasures
  /** Whether the log has been replayed, so that slates are as they were before the last stop. */
  isReady(): boolean
  /** Resolves when `isReady`. */
  readonly ready: Promise<void>
  /** Resolves when `recommend` has written everything up to the position. */
  untilServed(position: Position): Promise<void>
  stop(): Promise<void>
}

/** Without limits V8 lets garbage grow to gigabytes before it looks for it. Typed arrays and DuckDB do not count here. */
const HEAP_LIMITS = {
  recommend: { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 24 },
  lake: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 24 },
}
const SERVED_POLL_MS = 2
const SERVED_TIMEOUT_MS = 2000

export async function openPipeline(config: Config, options: PipelineOptions): Promise<Pipeline> {
  const lock = await lockFolder(config.dataFolder)
  const log = createLog(config.logLevel)
  const clock: Clock = { nowMs: () => Date.now() }
  const keys = openKeyFile({ folder: lock.paths.root, randomBytes, clock, allowDemoKey: options.demoKey })
  const stream = await openStreamWriter({ folder: lock.paths.stream, clock, randomBytes })
  const boot = bootId()
  const { serving, facts, covers, justActed } = openServing(lock.paths, {
    boot,
    oldestSequence: stream.oldestSequence(),
    log,
  })
  const watchers = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const watch = createSlateWatch(new Int32Array(watchers))
  const workers = startWorkers(config, { lock, stream, facts, watchers, log, watch })
  const experiment = loadExperiment(config)
  const collector = createCollector({
    stream,
    experiment,
    isKnownProduct: (productId) => serving.product(productId) !== null,
    clock,
    randomBytes,
    onAct: justActed.note,
  })
  const rules = openRules(config, { stream, serving, watch, clock })
  const shopdb = createShopdbAccess({ url: config.shopdbUrl, folder: lock.paths.shopdb })
  const snapshots = openSqlSnapshots({
    paths: lock.paths,
    doorbell: stream.doorbell.memory,
    clock,
    timeZone: config.timeZone,
  })
  const sql = startSqlRunner({ snapshotsFor: snapshots.forProcess, onFault: (message) => log.warn({ message }, 'sql') })

  const erasing = openErasures({ lock, stream, workers, clock, log, emptyTails: snapshots.emptyTails })

  return {
    config,
    lock,
    clock,
    log,
    keys,
    stream,
    collector,
    rules,
    experiment,
    serving,
    watch,
    justActed,
    shopdb,
    sql,
    ...erasing,
    recommend: workers.recommend,
    ranking: createRanking(workers.recommend),
    lake: workers.lake,
    untilServed: (position) => until(() => covers(position)),
    async stop() {
      await erasing.ready
      // Writers first, then readers, so that what was accepted reaches the slates and the lake.
      await stream.close()
      await sql.close()
      await snapshots.close()
      await workers.stop()
      await serving.close()
      sealServingFolder(lock.paths.serving, boot)
      await shopdb.stop()
      await lock.release()
    },
  }
}

function openServing(
  paths: DataPaths,
  given: { readonly boot: string; readonly oldestSequence: number; readonly log: Logger },
) {
  const { boot, oldestSequence, log } = given
  const base = openLogBase(paths.base)
  checkBase(paths, oldestSequence, log)
  const folder = paths.serving
  if (prepareServingFolder(folder, boot, base.layOutServing))
    log.warn('the machine went down; slates are made again from the stream')
  const facts = createServingFacts()
  const serving = openServingStore({ folder, facts: facts.memory })
  const covers = (position: Position) =>
    (serving.checkpoint()?.slates.sequence_number ?? '') >= position.sequence_number
  const justActed = createJustActed({ covers, more: facts.moreSlates, nowMs: () => performance.now() })
  return { facts, serving, covers, justActed }
}

interface ErasureContext extends Pick<Pipeline, 'lock' | 'stream' | 'clock' | 'log'> {
  readonly workers: ReturnType<typeof startWorkers>
  readonly emptyTails: () => Promise<void>
}

/** What a crash or a restore left due is completed as soon as the workers are ready. */
function openErasures({ lock, stream, workers, ...given }: ErasureContext) {
  const { root, stream: folder } = lock.paths
  const { recommend, lake } = workers
  const store = openErasureFile(root)
  const erasures = createErasures({ ...given, stream, recommend, lake, store, hashKey: openHashKey(root) })
  let isReady = false
  const becomeReady = async () => {
    await workers.ready
    const reader = openStreamReader({ folder, doorbell: stream.doorbell.memory })
    try {
      await ensureList(store, reader)
    } finally {
      await reader.close()
    }
    // What a crash or a restore left due comes first: nobody who was erased is served again.
    await erasures.resume()
    isReady = true
  }
  const ready = becomeReady()
  ready.catch(() => undefined)
  return { erasures, ready, isReady: () => isReady }
}

/** Says so where neither the log nor a base goes back to the beginning: what is there still serves, a rebuild would lack the rest. */
function checkBase(paths: DataPaths, oldestSequence: number, log: Logger): void {
  const known = Number(openLogBase(paths.base).position()?.sequence_number ?? 0)
  if (oldestSequence <= known + 1) return
  const fault = new HemlineError('HEM_STREAM_BASE_MISSING', {
    subject: `folder ${paths.base}`,
    expected: `what the log came to before record ${oldestSequence}, the oldest it still holds`,
    got: known === 0 ? 'nothing' : `a base as of record ${known}`,
    remedy:
      'restore a backup; or import the catalogue again and put the rules anew, and learning goes on from what is left',
  })
  log.error({ code: fault.code }, fault.message)
}

function openRules(
  { timeZone }: Config,
  { stream, serving, watch, clock }: Pick<Pipeline, 'stream' | 'serving' | 'watch' | 'clock'>,
): RuleDesk {
  return openRuleDesk({
    stream,
    current: serving.rules,
    dayBounds: (shopDate) => shopDayBounds(shopDate, timeZone),
    async until(condition) {
      await until(condition)
      watch.announceAll()
    },
    clock,
  })
}

/** Resolves when the condition holds, or after two seconds: what was accepted is on disk in any case. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + SERVED_TIMEOUT_MS
  while (!condition()) {
    if (performance.now() > deadline) return
    await new Promise((resolve) => setTimeout(resolve, SERVED_POLL_MS))
  }
}

interface WorkerContext {
  readonly lock: FolderLock
  readonly stream: EmbeddedStreamWriter
  readonly facts: ServingFacts
  readonly watchers: SharedArrayBuffer
  readonly log: Logger
  readonly watch: SlateWatch
}

function startWorkers(config: Config, context: WorkerContext) {
  const { paths } = context.lock
  const doorbell = context.stream.doorbell.memory
  const { facts, watchers } = context
  const recommendData: RecommendWorkerData = { paths, doorbell, servingFacts: facts.memory, watchers }
  const lakeData: LakeWorkerData = {
    paths,
    doorbell,
    timeZone: config.timeZone,
    lakeMegabytes: config.lakeMegabytes,
    hashKey: openHashKey(paths.root),
  }
  let isStopping = false
  const start = (name: 'recommend' | 'lake', workerData: unknown) => {
    const file = join(import.meta.dirname, 'workers', `${name}.ts`)
    const worker = new Worker(file, { workerData, resourceLimits: HEAP_LIMITS[name] })
    const calls = callsTo(worker)
    const ready = new Promise<void>((resolve, reject) => {
      worker.once('error', (error) => {
        context.log.fatal({ worker: name, err: error }, 'a worker died')
        reject(error)
      })
      calls.onMessage((message) => {
        if (isNews(message, 'ready')) resolve()
        if (isNews(message, 'fault'))
          context.log.error({ worker: name, fault: message.fault }, 'a worker failed at a task')
        if (isNews(message, 'slates')) context.watch.announce(message.slates as string[])
      })
    })
    worker.once('exit', (code) => {
      if (!isStopping) {
        context.log.fatal({ worker: name, code }, 'a worker ended; stopping, since its work would pile up')
        process.exit(1)
      }
    })
    return { worker, calls, ready }
  }
  const recommend = start('recommend', recommendData)
  const lake = start('lake', lakeData)
  recommend.calls.onMessage((message) => {
    if (!isNews(message, 'notLearned')) return
    context.log.error({ record: message.notLearned }, 'learning failed at a record, which is passed over')
    lake.calls.call('not-learned', message.notLearned).catch(() => undefined)
  })
  const ready = Promise.all([recommend.ready, lake.ready])
  ready.catch(() => undefined)
  return {
    ready,
    recommend: recommend.calls,
    lake: lake.calls,
    async stop() {
      isStopping = true
      await recommend.calls.call('stop', null)
      await lake.calls.call('stop', null)
      await Promise.all([recommend.worker.terminate(), lake.worker.terminate()])
    },
  }
}

function isNews<Name extends string>(message: unknown, name: Name): message is Readonly<Record<Name, unknown>> {
  return typeof message === 'object' && message !== null && name in message
}
