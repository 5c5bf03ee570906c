/**
 * cost/estimate: what a month of Hemline on AWS costs, service by service.
 *
 * In: events and reads a day, and the size of the stacks.
 * Out: whole cents a month, beside Amazon Personalize's, and where the two cross.
 * Invariant: a function of its arguments alone. Computed in floating point and rounded to cents at the end: it is an
 *   estimate, no money changes hands by it.
 */
import { PRICES } from './prices.ts'
import { monthOf, type Month, type Workload } from './workload.ts'

export interface CostLine {
  readonly service: string
  /** What it is paid for. */
  readonly what: string
  readonly cents: number
}

export interface CostEstimate {
  readonly lines: readonly CostLine[]
  /** Sum of the lines: everything but the shop's own database. */
  readonly hemlineCents: number
  /** The shop needs one with or without Hemline. */
  readonly databaseCents: number
  readonly personalize: { readonly v1Cents: number; readonly v2Cents: number }
  /** Events a day below which Personalize v2 alone costs less than all of Hemline, with reads in the same proportion. */
  readonly personalizeCheaperBelowEventsPerDay: number
}

const HOURS = 730
const MILLION = 1e6
/** Where a search for the crossing ends. */
const EVENTS_PER_DAY_MAX = 1_000_000_000

export function estimateCost(workload: Workload): CostEstimate {
  const lines = linesOf(workload)
  const { instanceHour, storageGb, gbMonth } = PRICES.rds[workload.size]
  return {
    lines,
    hemlineCents: sum(lines),
    databaseCents: cents(instanceHour * HOURS + storageGb * gbMonth),
    personalize: { v1Cents: cents(personalizeV1(monthOf(workload))), v2Cents: cents(personalizeV2(monthOf(workload))) },
    personalizeCheaperBelowEventsPerDay: crossing(workload),
  }
}

function linesOf(workload: Workload): CostLine[] {
  const month = monthOf(workload)
  const { fixed } = PRICES
  const watching = fixed.key + fixed.secret * fixed.secrets + fixed.alarmMetric * fixed.alarmMetrics
  const line = (service: string, what: string, dollars: number) => ({ service, what, cents: cents(dollars) })
  return [
    line('Kinesis Data Streams', streamWords(workload, month), stream(workload, month)),
    line('Lambda: recommend, learn', `${words(month.beacons)} records followed`, recommending(month)),
    line('DynamoDB', `${words(month.tableWriteUnits)} write units`, table(month)),
    line('HTTP API, collect, respond', `${words(month.beacons + month.reads)} calls`, door(month)),
    line('Firehose, deliver', `${month.firehoseGb.toFixed(1)} GB as billed`, delivery(month)),
    line('Lambda: land, the night', `${words(month.deliveries)} deliveries`, lakeWork(month)),
    line('S3, Athena', `${month.lakeGb.toFixed(1)} GB kept`, lakeStore(month)),
    line('Key, secrets, alarms, logs', `${month.logGb.toFixed(1)} GB of logs`, watching + month.logGb * PRICES.logs.gb),
  ]
}

function stream({ size }: Workload, { beacons, shards, streamGbIn, streamGbOut }: Month): number {
  const { shardHour, millionPutUnits, onDemandHour, onDemandGbIn, onDemandGbOut } = PRICES.kinesis
  return size === 'small'
    ? shards * shardHour * HOURS + (beacons / MILLION) * millionPutUnits
    : onDemandHour * HOURS + streamGbIn * onDemandGbIn + streamGbOut * onDemandGbOut
}

function streamWords({ size }: Workload, { shards }: Month): string {
  return size === 'large' ? 'on demand' : shards === 1 ? '1 shard' : `${shards} shards`
}

function recommending({ recommendCalls, recommendGbSeconds, learnCalls, learnGbSeconds }: Month): number {
  const { millionCalls, armGbSecond } = PRICES.lambda
  const calls = ((recommendCalls + learnCalls) / MILLION) * millionCalls
  return calls + (recommendGbSeconds + learnGbSeconds) * armGbSecond
}

function table({ tableWriteUnits, tableReadUnits, tableGb }: Month): number {
  const { millionWriteUnits, millionReadUnits, gbMonth, recoveryGbMonth } = PRICES.dynamodb
  const units = (tableWriteUnits / MILLION) * millionWriteUnits + (tableReadUnits / MILLION) * millionReadUnits
  return units + tableGb * (gbMonth + recoveryGbMonth)
}

function door({ beacons, reads, doorGbSeconds }: Month): number {
  const calls = (beacons + reads) / MILLION
  return calls * (PRICES.api.millionCalls + PRICES.lambda.millionCalls) + doorGbSeconds * PRICES.lambda.armGbSecond
}

function delivery({ firehoseGb, deliverGbSeconds }: Month): number {
  return firehoseGb * PRICES.firehose.gb + deliverGbSeconds * PRICES.lambda.armGbSecond
}

function lakeWork({ landGbSeconds, nightGbSeconds }: Month): number {
  return (landGbSeconds + nightGbSeconds) * PRICES.lambda.x86GbSecond
}

function lakeStore({ lakeGb, puts, gets, scannedTb }: Month): number {
  const { gbMonth, thousandPuts, thousandGets } = PRICES.s3
  const requests = (puts / 1000) * thousandPuts + (gets / 1000) * thousandGets
  return lakeGb * gbMonth + requests + scannedTb * PRICES.athena.tbScanned
}

/** A campaign that is ready for one call a second is paid for at that rate, used or not. */
function personalizeV1({ reads, eventGb, personalizeTrainingHours }: Month): number {
  const { thousandRecommendations, thousandMore, fullPriceRecommendations, trainingHour, gbIn } = PRICES.personalize.v1
  const billed = Math.max(reads, HOURS * 3600)
  const full = Math.min(billed, fullPriceRecommendations)
  const serving = (full / 1000) * thousandRecommendations + ((billed - full) / 1000) * thousandMore
  return serving + personalizeTrainingHours * trainingHour + eventGb * gbIn
}

function personalizeV2({ reads, personalizeTrained, eventGb }: Month): number {
  const { thousandRecommendations, thousandTrained, gbIn } = PRICES.personalize.v2
  return (reads / 1000) * thousandRecommendations + (personalizeTrained / 1000) * thousandTrained + eventGb * gbIn
}

/** By halving: Personalize has no floor and a steeper slope, so the two cross once. */
function crossing(workload: Workload): number {
  const isCheaper = (eventsPerDay: number): boolean => {
    const readsPerDay = (workload.readsPerDay * eventsPerDay) / workload.eventsPerDay
    const there = { ...workload, eventsPerDay, readsPerDay }
    return cents(personalizeV2(monthOf(there))) < sum(linesOf(there))
  }
  let [low, high] = [0, EVENTS_PER_DAY_MAX]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isCheaper(middle)) low = middle
    else high = middle
  }
  return high
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, line) => total + line.cents, 0)
}

function cents(dollars: number): number {
  return Math.round(dollars * 100)
}

function words(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} million`
  return Math.round(count).toLocaleString('en')
}
