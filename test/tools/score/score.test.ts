import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { formatScore } from '../../../src/tools/score/format-score.ts'
import { gradeTrends, type TrueTrend } from '../../../src/tools/score/grade-trends.ts'
import { gradeLift, watchGroups } from '../../../src/tools/score/groups.ts'
import { score } from '../../../src/tools/score/score.ts'
import { SIMPLE_DETECTORS } from '../../../src/tools/score/simple-detectors.ts'
import { readTruth } from '../../../src/tools/score/truth-file.ts'
import { simulateToFile } from '../../../src/tools/simulate/simulate-to-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'hemline-score-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rise: TrueTrend = { series: 'red', kind: 'rising', startDay: 100, peakDay: 140, endDay: 160, onsetDay: 110 }

test('grades what is found, how late, what is an echo and what is not there', () => {
  const grade = gradeTrends({
    alarms: [
      { series: 'red', day: 118, kind: 'rising' },
      { series: 'red', day: 190, kind: 'fading' },
      { series: 'blue', day: 150, kind: 'rising' },
      { series: 'blue', day: 20, kind: 'rising' },
    ],
    truth: [rise],
    seriesCount: 10,
    fromDay: 50,
    untilDay: 415,
  })
  expect(grade.rises).toEqual({ of: 1, found: 1, share: 1 })
  expect(grade.precision).toEqual({ of: 2, found: 1, share: 0.5 })
  expect(grade.delayDays).toEqual({ p50: 8, p90: 8 })
  expect(grade.falseAlarmsPerSeriesYear).toBeCloseTo(0.1, 5)
})

test('a truth of another generator is read, however it spells', () => {
  const path = join(folder, 'other.json')
  const times = { startsAt: '2026-01-01T00:00:00Z', peakAt: '2026-01-31T00:00:00Z', endsAt: '2026-03-01T00:00:00Z' }
  writeFileSync(
    path,
    JSON.stringify({ trends: [{ dimension: 'base_colour', value: 'Red', kind: 'rise', ...times, multiplier: 2 }] }),
  )
  const [trend] = readTruth(path).trends
  expect(trend).toMatchObject({ series: 'base_colour: Red', kind: 'rising' })
  expect(trend.onsetDay - trend.startDay).toBeCloseTo((30 * Math.log(1.2)) / Math.log(2), 5)
})

test('the lift of recommendations is that of visits, each counted once', () => {
  const groups = watchGroups()
  const visit = (name: string, arm: string, orders: boolean) => {
    const event = { timestamp: '', visitor_id: name }
    for (const timeMs of [0, 1000]) {
      groups.see({ ...event, event_type: 'recommendation_view', properties: { arm } }, timeMs)
    }
    if (orders) for (const timeMs of [2000, 3000]) groups.see({ ...event, event_type: 'purchase' }, timeMs)
  }
  for (let i = 0; i < 1000; i++) visit(`m${i}`, 'model', i < 60)
  for (let i = 0; i < 500; i++) visit(`r${i}`, 'random', i < 20)
  const grade = gradeLift(groups.result(), 0.5)!
  expect(grade.lift).toBeCloseTo(0.5, 6)
  expect(grade.visits).toEqual({ model: 1000, random: 500 })
  expect(grade.low).toBeLessThan(0)
  expect(grade.high).toBeGreaterThan(1)
})

test('the simple detectors see a jump', () => {
  const counts = Array.from({ length: 80 }, (_, day) => [100 + (day % 3), day >= 60 ? 300 : 100 + (day % 2)])
  for (const { detect } of SIMPLE_DETECTORS) {
    const alarms = detect({ series: ['still', 'jumps'], firstDay: 1000, counts })
    expect(alarms.find((alarm) => alarm.series === 'jumps' && alarm.kind === 'rising')?.day).toBeGreaterThanOrEqual(
      1060,
    )
  }
})

test('a story is graded from its own files', async () => {
  const truthPath = join(folder, 'truth.json')
  const path = join(folder, 'events.ndjson.gz')
  const productsPath = join(folder, 'products.ndjson')
  const made = { path, events: 4000, days: 90, seed: 5, nowMs: Date.parse('2026-11-23T10:15:00Z'), timeZone: 'UTC' }
  await simulateToFile({ ...made, story: { trends: 4, truthPath, productsPath } })
  const grades = await score({ truth: truthPath, events: null, products: null })
  expect(grades.events).toBeGreaterThan(3000)
  expect(grades.trends?.map(({ detector }) => detector)).toContain('ours')
  expect(grades.recommender?.ours).toBeGreaterThan(0)
  expect(formatScore(grades)).toContain('NDCG@20')
})
