/**
 * cost/workload: what a month's events make each service do.
 *
 * In: events and reads a day.
 * Out: calls, seconds, units and gigabytes a month.
 * Invariant: every assumption is a named figure here, with where it comes from; none hides in a price.
 */

export interface Workload {
  /** At least 1. */
  readonly eventsPerDay: number
  /** Calls that read recommendations. */
  readonly readsPerDay: number
  /** Of the stacks: a shard and a small database, or a stream on demand and a database in two zones. */
  readonly size: 'small' | 'large'
}

const DAYS = 30
const SECONDS = DAYS * 86_400
const EVENT_KB = 0.6
/** A page sends what happened on it at once. */
const EVENTS_PER_BEACON = 3
/** The busiest second of a day against its mean. */
const PEAK = 8
const SHARD_RECORDS_PER_SECOND = 1000
const KINESIS_ROUNDS_KB = 1
const FIREHOSE_ROUNDS_KB = 5
/** `recommend` and Firehose. */
const STREAM_READERS = 2

/** `recommend`: two calls to DynamoDB and one list, for each record, in 2 GB; measured without AWS: the list takes 0.4 ms. */
const RECOMMEND_SECONDS = 0.01
const RECOMMEND_GB = 2
/** Records in a batch at the mean rate: what comes while one batch is worked on, of four at once. */
const RECOMMEND_BATCH_SECONDS = 0.05
const RECOMMEND_BATCH_MAX = 100
/** `learn`: every five minutes; loading and publishing, then 42 µs an event (measured), in 3 GB. */
const RUN_MINUTES = 5
const LEARN_SECONDS = 1
const LEARN_SECONDS_PER_EVENT = 0.000042
const LEARN_GB = 3
/** A visitor's item takes 3 KB of the 4 it may; it is read once a beacon and once a read, eventually consistent. */
const ITEM_WRITE_UNITS = 3
const ITEM_READ_UNITS = 0.5
const ITEM_KB = 3
/** Visitors of the 30 days that an item lives; sixty events each. */
const EVENTS_PER_VISITOR = 60
/** `collect` and `respond`, half a gigabyte. */
const DOOR_SECONDS = 0.009
const DOOR_GB = 0.5
/** `deliver`: half a gigabyte, some thousand records a second. */
const DELIVER_SECONDS_PER_RECORD = 0.0005
/** `land`: opening DuckDB and the lake, then rows. */
const LAND_SECONDS = 4
const LAND_SECONDS_PER_EVENT = 0.00002
const LAND_GB = 2
/** `extract`, `refine`, `forecast`: gigabytes times seconds of one night, and what a million events add. */
const NIGHT_GB_SECONDS = 2 * 60 + 3 * 120 + 3 * 60
const NIGHT_GB_SECONDS_PER_MILLION = 3 * 60
/** Rows in Parquet, landing and clean, kept a year. */
const LAKE_KB_PER_EVENT = 0.06
const LAKE_MONTHS = 12
const PUTS_PER_DELIVERY = 12
const PUTS_PER_NIGHT = 400
const GETS_PER_PUT = 10
/** A saved question reads a week of clicks; twenty a day. */
const SCANS_PER_MONTH = 20 * DAYS
/** The API's line for each call. */
const LOG_KB_PER_CALL = 0.2

/** Amazon Personalize is trained once a week, on the month's interactions. */
const TRAININGS = 4
const TRAINING_HOURS_MIN = 16
const TRAINING_HOURS_PER_MILLION = 7.7

export type Month = ReturnType<typeof monthOf>

export function monthOf({ eventsPerDay, readsPerDay }: Workload) {
  const events = eventsPerDay * DAYS
  const reads = readsPerDay * DAYS
  const beacons = events / EVENTS_PER_BEACON
  const beaconKb = EVENTS_PER_BEACON * EVENT_KB
  const beaconsPerSecond = beacons / SECONDS
  const batch = Math.min(RECOMMEND_BATCH_MAX, Math.max(1, beaconsPerSecond * RECOMMEND_BATCH_SECONDS))
  const runs = (DAYS * 24 * 60) / RUN_MINUTES
  // Firehose writes nothing where nothing came: the share of five minutes without a beacon, if these come by chance.
  const deliveries = runs * (1 - Math.exp(-beacons / runs))
  const puts = deliveries * PUTS_PER_DELIVERY + DAYS * PUTS_PER_NIGHT
  const lakeGb = (events * LAKE_KB_PER_EVENT * LAKE_MONTHS) / 1e6
  return {
    beacons,
    reads,
    shards: Math.max(1, Math.ceil((beaconsPerSecond * PEAK) / SHARD_RECORDS_PER_SECOND)),
    streamGbIn: (beacons * roundedUp(beaconKb, KINESIS_ROUNDS_KB)) / 1e6,
    streamGbOut: (STREAM_READERS * beacons * beaconKb) / 1e6,
    recommendCalls: beacons / batch,
    recommendGbSeconds: beacons * RECOMMEND_SECONDS * RECOMMEND_GB,
    learnCalls: runs,
    learnGbSeconds: (runs * LEARN_SECONDS + events * LEARN_SECONDS_PER_EVENT) * LEARN_GB,
    tableWriteUnits: beacons * ITEM_WRITE_UNITS,
    tableReadUnits: (beacons + reads) * ITEM_READ_UNITS,
    tableGb: ((events / EVENTS_PER_VISITOR) * ITEM_KB) / 1e6,
    doorGbSeconds: (beacons + reads) * DOOR_SECONDS * DOOR_GB,
    firehoseGb: (beacons * roundedUp(beaconKb, FIREHOSE_ROUNDS_KB)) / 1e6,
    deliverGbSeconds: beacons * DELIVER_SECONDS_PER_RECORD * DOOR_GB,
    deliveries,
    landGbSeconds: (deliveries * LAND_SECONDS + events * LAND_SECONDS_PER_EVENT) * LAND_GB,
    nightGbSeconds: DAYS * (NIGHT_GB_SECONDS + (eventsPerDay / 1e6) * NIGHT_GB_SECONDS_PER_MILLION),
    lakeGb,
    puts,
    gets: puts * GETS_PER_PUT,
    scannedTb: (SCANS_PER_MONTH * ((lakeGb / LAKE_MONTHS / DAYS) * 7)) / 1000 / 2,
    logGb: ((beacons + reads) * LOG_KB_PER_CALL) / 1e6,
    eventGb: (events * EVENT_KB) / 1e6,
    personalizeTrained: events * TRAININGS,
    personalizeTrainingHours: TRAININGS * (TRAINING_HOURS_MIN + (events / 1e6) * TRAINING_HOURS_PER_MILLION),
  }
}

function roundedUp(kilobytes: number, step: number): number {
  return Math.ceil(kilobytes / step) * step
}
