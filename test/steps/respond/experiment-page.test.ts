import { expect, test } from 'vitest'
import { readExperiment } from '../../../src/parts/serving/experiment.ts'
import type { StoredList } from '../../../src/parts/serving/slate.ts'
import { readExperimentPage } from '../../../src/steps/respond/experiment-page.ts'
import { createCollector } from '../../../src/steps/collect/collector.ts'
import { memoryStream } from '../../contract/memory/memory-stream.ts'
import { openPlace, settle, startOn } from '../recommend/recommender-runs.ts'
import { madeLog } from '../recommend/shop-logs.ts'

const utcDay = (date: string) => ({ startMs: Date.parse(date), endMs: Date.parse(date) + 86_400_000 })
const experiment = readExperiment(
  {
    name: 'try',
    variants: [
      { name: 'own', share: 0.5 },
      { name: 'holdout', share: 0.5, personal: false },
    ],
  },
  utcDay,
)
const idsOf = (list: { items: readonly { product_id: string }[] } | StoredList | undefined) =>
  list?.items.map((item) => item.product_id)

test('a holdout sees the list of the whole shop, others their own, and the answer says which', async () => {
  const place = openPlace(madeLog(300))
  const recommender = await startOn(place)
  await settle(recommender)
  for (let turn = 0; turn < 2000; turn++) await recommender.turn()
  const { serving } = place
  const page = (visitorKey: string, running: typeof experiment | null) =>
    readExperimentPage(
      serving,
      { placements: ['home'], visitorKey, productId: null, limit: 10, locale: null },
      { experiment: running, nowMs: 0 },
    )[0]
  const everybodys = serving.list('trending', '')
  const seen = new Map<string, number>()
  for (let visitor = 0; visitor < 12; visitor++) {
    const key = `v${visitor}`
    const shown = page(key, experiment)
    const plain = page(key, null)
    expect('variant' in plain).toBe(false)
    const excluded = serving.visitor(key)?.excluded ?? []
    expect(idsOf(shown)?.some((id) => excluded.includes(id))).toBe(false)
    seen.set(shown.variant ?? '', (seen.get(shown.variant ?? '') ?? 0) + 1)
    if (shown.variant === 'try/own') expect(idsOf(shown)).toEqual(idsOf(plain))
    else expect(shown.slate_id).toBe(everybodys?.slate_id)
  }
  expect([...seen.keys()].toSorted()).toEqual(['try/holdout', 'try/own'])
})

test('events carry the variant that their visitor sees', async () => {
  const stream = memoryStream({ nowMs: () => 0 })
  const collector = createCollector({
    stream: stream.writer,
    experiment,
    isKnownProduct: () => false,
    clock: { nowMs: () => Date.UTC(2026, 10, 24) },
    randomBytes: (size) => new Uint8Array(size),
  })
  const event = { event_id: 'e1', event_type: 'page_view', visitor_id: 'v1', properties: { page: 'home' } }
  await collector.collect({ events: [event], origin: 'live' })
  await collector.collect({
    events: [{ ...event, event_id: 'e2', timestamp: '2026-11-20T00:00:00Z' }],
    origin: 'import',
  })
  const stored = await stream.reader().read(null, 2)
  const properties = stored.map(({ record }) => (record.kind === 'events' ? record.events[0].properties : null))
  expect(properties[0]).toMatchObject({
    page: 'home',
    experiment_variant: expect.stringMatching(/^try\/(own|holdout)$/),
  })
  expect(properties[1]).toEqual({ page: 'home' })
})
