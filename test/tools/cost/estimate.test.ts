/**
 * test/tools/cost/estimate: the estimate against figures that were worked out by hand.
 *
 * In: workloads.
 * Out: dollars a month.
 * Invariant: the bounds are wide enough for an estimate, and too narrow for a service that was forgotten.
 */
import { expect, test } from 'vitest'
import { estimateCost } from '../../../src/tools/cost/estimate.ts'
import { formatCost } from '../../../src/tools/cost/format-cost.ts'
import type { Workload } from '../../../src/tools/cost/workload.ts'

const workload = (eventsPerDay: number, more: Partial<Workload> = {}): Workload => ({
  eventsPerDay,
  readsPerDay: eventsPerDay / 2,
  size: 'small',
  ...more,
})

test.each([
  { events: 1_000, dollars: 14, personalizeV2: 2 },
  { events: 100_000, dollars: 23, personalizeV2: 250 },
  { events: 10_000_000, dollars: 590, personalizeV2: 24_900 },
])('$events events a day cost some $dollars dollars a month', ({ events, dollars, personalizeV2 }) => {
  const { hemlineCents, personalize } = estimateCost(workload(events))
  expect(hemlineCents / 100 / dollars).toBeGreaterThan(0.85)
  expect(hemlineCents / 100 / dollars).toBeLessThan(1.15)
  expect(Math.abs(personalize.v2Cents / 100 - personalizeV2)).toBeLessThan(1 + 0.02 * personalizeV2)
})

test('a stream of one shard is most of what a small shop pays', () => {
  const { lines, hemlineCents } = estimateCost(workload(1_000))
  const shard = lines.find(({ service }) => service === 'Kinesis Data Streams')
  expect(shard?.cents).toBe(1095)
  expect(1095 / hemlineCents).toBeGreaterThan(0.5)
})

test('the large size pays for two zones of the database and for the stream by volume', () => {
  const small = estimateCost(workload(10_000_000))
  const large = estimateCost(workload(10_000_000, { size: 'large' }))
  expect([small.databaseCents, large.databaseCents]).toEqual([1398, 26901])
  expect(large.lines[0].cents).toBeGreaterThan(small.lines[0].cents)
})

test('says below how many events Personalize would be cheaper, and the two really cross there', () => {
  const at = estimateCost(workload(1_000)).personalizeCheaperBelowEventsPerDay
  for (const [events, isCheaper] of [
    [at - 100, true],
    [at + 100, false],
  ] as const) {
    const { hemlineCents, personalize } = estimateCost(workload(events))
    expect(personalize.v2Cents < hemlineCents).toBe(isCheaper)
  }
  expect(formatCost(workload(1_000), estimateCost(workload(1_000)))).toMatch(/here Personalize would be cheaper/)
  expect(formatCost(workload(100_000), estimateCost(workload(100_000)))).toMatch(/here Hemline is cheaper/)
})

test('reads are paid for at the door and in the table', () => {
  const few = estimateCost(workload(100_000, { readsPerDay: 0 }))
  const many = estimateCost(workload(100_000, { readsPerDay: 1_000_000 }))
  const grown = many.lines.filter(({ cents }, index) => cents > few.lines[index].cents).map(({ service }) => service)
  expect(grown).toEqual(['DynamoDB', 'HTTP API, collect, respond', 'Key, secrets, alarms, logs'])
})
