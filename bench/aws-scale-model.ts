/**
 * aws-scale-model: how far each stage falls behind at a rate, by measured processor times and assumed latencies.
 *
 * In: service times of the handlers, latencies of the services, a rate, what happens when.
 * Out: the lag of the slates minute by minute, of every record; what the other stages take.
 * Invariant: nothing is drawn by chance; a record leaves its lane once and in order, so what came in equals what went out.
 */
import type { ServiceTimes } from './aws-scale-measure.ts'

/** Milliseconds, median, one region; written down on 2026-11-24 from memory and documentation, not measured. Assumed. */
export const LATENCY_MS = {
  kinesisPut: 12,
  kinesisPoll: 500,
  lambdaInvoke: 8,
  dynamoBatchGet: 12,
  dynamoUpdate: 6,
  dynamoGet: 4,
  s3Get: 30,
  s3Put: 60,
  glueCommit: 250,
  apiGateway: 10,
} as const

/** Of the services, as documented. */
const SHARD = { writeRecords: 1000, writeBytes: 1_000_000, readBytes: 2_000_000 }
const RECORD_BYTES = 3 * 600 + 150
const EVENTS_PER_RECORD = 3
const BATCH_RECORDS = 100
const LANES_PER_SHARD = 4
const WRITES_AT_ONCE = 16
/** Of one processor of Lambda per MB of memory: 1,769 MB are one. */
const MB_PER_CPU = 1769
const MEMORY_MB = { collect: 512, recommend: 2048, respond: 512, deliver: 512, land: 2048 }
const FIREHOSE_MS = 300_000
const LEARN_EVERY_MS = 300_000
const RETRY_LONGEST_MS = 60_000

const TICK_MS = 100
export const MINUTES = 90
export const HAPPENS = { splitMinute: 15, outageFrom: 35, outageTo: 45, poisonMinute: 70 } as const
/** One visitor, as of a scraper behind one id, and twenty others, of all events. */
const HOT = { one: 0.01, twenty: 0.09 }

export interface Scenario {
  readonly eventsPerSecond: number
  readonly shards: number
  readonly products: number
}

export interface Outcome extends Scenario {
  /** Oldest lag of a slate that was written in the minute, or could not be, seconds. */
  readonly lagByMinute: readonly number[]
  readonly usualLagSeconds: number
  readonly recordsIn: number
  readonly recordsOut: number
  readonly minutesToCatchUp: number
  readonly collectAtOnce: number
  readonly respondAtOnce: number
  readonly learnRunSeconds: number
  readonly landRunSeconds: number
  readonly writesPerSecond: number
  readonly shardReadShare: number
}

interface Lane {
  /** Records that came in each tick and wait. */
  readonly waiting: Float64Array
  head: number
  readonly share: number
  readonly hotShare: number
  readonly fromTick: number
  readonly toTick: number
  freeMs: number
  retries: number
}

export function simulate(scenario: Scenario, times: ServiceTimes): Outcome {
  const recordsPerSecond = scenario.eventsPerSecond / EVENTS_PER_RECORD
  const ticks = (MINUTES * 60_000) / TICK_MS
  const lanes = lanesOf(scenario.shards, ticks)
  const oldestMs = new Float64Array(MINUTES + 60)
  let [recordsIn, recordsOut, visitorsWritten] = [0, 0, 0]
  const end = (MINUTES + 60) * 60_000
  let parentDoneMs = 0
  for (const lane of lanes) {
    const perTick = (recordsPerSecond * lane.share * TICK_MS) / 1000
    lane.waiting.fill(perTick, lane.fromTick, lane.toTick)
    recordsIn += perTick * (lane.toTick - lane.fromTick)
    // The shards that a shard was split into wait until it is drained.
    lane.freeMs = lane.fromTick === 0 ? 0 : parentDoneMs
    for (let nowMs = lane.freeMs; nowMs < end; nowMs = lane.freeMs) {
      const batch = nextBatch(lane, nowMs)
      if (batch === null) break
      const { startMs, records, oldest } = batch
      const isDown = startMs >= HAPPENS.outageFrom * 60_000 && startMs < HAPPENS.outageTo * 60_000
      if (isDown) {
        oldestMs[Math.floor(startMs / 60_000)] = startMs - oldest
        lane.freeMs = startMs + Math.min(RETRY_LONGEST_MS, 100 * 2 ** ++lane.retries)
        continue
      }
      const visitors = distinctIn(records, lane.hotShare)
      const isPoisoned = lane === lanes[LANES_PER_SHARD] && Math.floor(startMs / 60_000) === HAPPENS.poisonMinute
      const busyMs = batchMs(visitors, times) + (isPoisoned ? LATENCY_MS.s3Put : 0)
      lane.retries = 0
      lane.freeMs = startMs + Math.max(busyMs, readMs(records, scenario))
      take(lane, records)
      recordsOut += records
      visitorsWritten += visitors
      const minute = Math.min(oldestMs.length - 1, Math.floor(lane.freeMs / 60_000))
      oldestMs[minute] = Math.max(oldestMs[minute], lane.freeMs - oldest)
    }
    if (lane.toTick < ticks) parentDoneMs = Math.max(parentDoneMs, lane.freeMs)
  }
  const lagByMinute = [...oldestMs.subarray(0, MINUTES)].map((ms) => ms / 1000)
  const usual = lagByMinute.slice(1, HAPPENS.outageFrom - 1)
  const usualLagSeconds = usual.toSorted((a, b) => a - b)[Math.floor(usual.length / 2)]
  const caughtUp = lagByMinute.findIndex(
    (lag, minute) => minute > HAPPENS.outageTo && lag > 0 && lag < 2 * usualLagSeconds + 1,
  )
  return {
    ...scenario,
    lagByMinute,
    usualLagSeconds,
    recordsIn: Math.round(recordsIn),
    recordsOut: Math.round(recordsOut),
    minutesToCatchUp: caughtUp - HAPPENS.outageTo,
    writesPerSecond: visitorsWritten / (MINUTES * 60),
    ...otherStages(scenario, times),
  }
}

/** The first shard, where the hottest visitor is, is split into two; lanes of a shard that ends come before those it becomes. */
function lanesOf(shards: number, ticks: number): Lane[] {
  const lanes = shards * LANES_PER_SHARD
  const split = (HAPPENS.splitMinute * 60_000) / TICK_MS
  const lane = (share: number, isHottest: boolean, fromTick: number, toTick: number): Lane => {
    const hot = (isHottest ? HOT.one : 0) + HOT.twenty * share
    const usual = (1 - HOT.one - HOT.twenty) * share
    const waiting = new Float64Array(ticks)
    return {
      waiting,
      head: 0,
      share: usual + hot,
      hotShare: hot / (usual + hot),
      fromTick,
      toTick,
      freeMs: 0,
      retries: 0,
    }
  }
  const several = (count: number, share: number, fromTick: number, toTick: number, hottest: boolean): Lane[] =>
    Array.from({ length: count }, (_, nth) => lane(share, hottest && nth === 0, fromTick, toTick))
  return [
    ...several(LANES_PER_SHARD, 1 / lanes, 0, split, true),
    ...several(2 * LANES_PER_SHARD, 1 / lanes / 2, split, ticks, true),
    ...several(lanes - LANES_PER_SHARD, 1 / lanes, 0, ticks, false),
  ]
}

function nextBatch(lane: Lane, nowMs: number) {
  while (lane.head < lane.waiting.length && lane.waiting[lane.head] < 1e-9) lane.head++
  if (lane.head >= lane.waiting.length) return null
  const oldest = lane.head * TICK_MS
  // Records are seen at the next poll; one that comes while a batch is under way waits for it.
  const startMs = Math.max(nowMs, oldest + LATENCY_MS.kinesisPoll)
  let records = 0
  for (
    let tick = lane.head;
    tick < lane.waiting.length && tick * TICK_MS < startMs && records < BATCH_RECORDS;
    tick++
  ) {
    records += lane.waiting[tick]
  }
  return { startMs, oldest, records: Math.min(records, BATCH_RECORDS) }
}

function take(lane: Lane, records: number): void {
  for (let left = records; left > 1e-12 && lane.head < lane.waiting.length;) {
    const taken = Math.min(left, lane.waiting[lane.head])
    lane.waiting[lane.head] -= taken
    left -= taken
    if (lane.waiting[lane.head] < 1e-9) lane.head++
  }
}

function distinctIn(records: number, hotShare: number): number {
  return records * (1 - hotShare) + Math.min(2, records * hotShare)
}

function batchMs(visitors: number, times: ServiceTimes): number {
  const cpu = times.recommendMsPerBatch + visitors * times.recommendMsPerVisitor
  const waves = Math.ceil(visitors / WRITES_AT_ONCE)
  const slower = Math.max(1, MB_PER_CPU / MEMORY_MB.recommend)
  return LATENCY_MS.lambdaInvoke + LATENCY_MS.dynamoBatchGet + waves * LATENCY_MS.dynamoUpdate + cpu * slower
}

/** Two other consumers read the same shard: Firehose as it comes, `learn` in bursts. */
function readMs(records: number, { eventsPerSecond, shards }: Scenario): number {
  const written = (eventsPerSecond / EVENTS_PER_RECORD / shards) * RECORD_BYTES
  const left = Math.max(SHARD.readBytes - 2 * written, SHARD.readBytes / 10) / LANES_PER_SHARD
  return (1000 * records * RECORD_BYTES) / left
}

function otherStages({ eventsPerSecond, shards, products }: Scenario, times: ServiceTimes) {
  const requests = eventsPerSecond / EVENTS_PER_RECORD
  const reads = eventsPerSecond / 2
  const scaled = (cpuMs: number, memoryMb: number) => cpuMs * Math.max(1, MB_PER_CPU / memoryMb)
  const collectMs = scaled(times.collectMsPerRequest, MEMORY_MB.collect) + LATENCY_MS.kinesisPut
  const respondMs = scaled(times.respondMsPerRead, MEMORY_MB.respond) + LATENCY_MS.dynamoGet
  const perRun = (requests * LEARN_EVERY_MS) / 1000
  const learnReadMs = (1000 * perRun * RECORD_BYTES) / ((SHARD.readBytes * shards) / 2)
  // A page is read while the one before is learned.
  const learnMs = Math.max(learnReadMs, perRun * times.learnMsPerRecord) + products * times.learnMsPerProduct
  const rows = (eventsPerSecond * FIREHOSE_MS) / 1000
  const landMs = scaled(times.landMsFixed + rows * times.landMsPerRow, MEMORY_MB.land)
  return {
    collectAtOnce: (requests * collectMs) / 1000,
    respondAtOnce: (reads * respondMs) / 1000,
    learnRunSeconds: (times.learnMsFixed + learnMs + 2 * LATENCY_MS.s3Put) / 1000,
    landRunSeconds: (landMs + 4 * LATENCY_MS.glueCommit) / 1000,
    shardReadShare: (3 * (requests / shards) * RECORD_BYTES) / SHARD.readBytes,
  }
}
