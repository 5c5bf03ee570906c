/**
 * aws-scale: what the deployed system would do at 100, 1,000 and 10,000 events a second, simulated.
 *
 *   nice -n 15 node bench/aws-scale.nightly.ts [--times FILE] [--write]
 *
 * Processor times are measured here, from the handlers' own code (`aws-scale-measure.ts`); latencies of the services are assumed
 * (`LATENCY_MS` in `aws-scale-model.ts`); nothing runs on AWS. Ninety minutes with one visitor who makes a hundredth of all events and
 * twenty who make nine hundredths, a split of the shard of the first, ten minutes without DynamoDB, a poison record. `--write` puts the
 * lines into bench/results and the picture into docs/aws-scale.svg. `--times` takes measured times from a file of such a line.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { estimateCost } from '../src/tools/cost/estimate.ts'
import { measure, type ServiceTimes } from './aws-scale-measure.ts'
import { LATENCY_MS, simulate, type Scenario } from './aws-scale-model.ts'
import { pictureOf } from './aws-scale-picture.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({ options: { times: { type: 'string' }, write: { type: 'boolean', default: false } } })

const SCENARIOS: readonly Scenario[] = [
  { eventsPerSecond: 100, shards: 1, products: 5000 },
  { eventsPerSecond: 1000, shards: 2, products: 20_000 },
  { eventsPerSecond: 10_000, shards: 14, products: 50_000 },
]
const DAY_SECONDS = 86_400

const times = values.times === undefined ? await measure() : timesIn(values.times)
report({ bench: 'aws-scale', kind: 'measured', assumedLatencyMs: LATENCY_MS, ...machine(), ...times }, values.write)
const outcomes = SCENARIOS.map((scenario) => simulate(scenario, times))
for (const { lagByMinute, ...outcome } of outcomes) {
  const eventsPerDay = outcome.eventsPerSecond * DAY_SECONDS
  const size = outcome.shards === 1 ? 'small' : 'large'
  const { hemlineCents } = estimateCost({ eventsPerDay, readsPerDay: eventsPerDay / 2, size })
  report(
    {
      bench: 'aws-scale',
      kind: 'simulated',
      ...outcome,
      lost: outcome.recordsIn - outcome.recordsOut,
      lagSeconds: {
        usual: outcome.usualLagSeconds,
        split: Math.max(...lagByMinute.slice(15, 20)),
        outage: Math.max(...lagByMinute.slice(35, 70)),
        poison: Math.max(...lagByMinute.slice(70, 72)),
      },
      dollarsPerMonth: Math.round(hemlineCents / 100),
      ...machine(),
    },
    values.write,
  )
}
if (values.write) writeFileSync(join(import.meta.dirname, '..', 'docs', 'aws-scale.svg'), pictureOf(outcomes))

function timesIn(path: string): ServiceTimes {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .findLast((text) => text.includes('"kind":"measured"'))
  if (line === undefined) throw new Error(`${path} holds no measured times`)
  return JSON.parse(line) as ServiceTimes
}
