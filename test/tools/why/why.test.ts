import { expect, test } from 'vitest'
import { FEATURES } from '../../../src/parts/model/rank/feature-names.ts'
import { explainRanking, FEATURE_LABELS } from '../../../src/parts/model/rank/explain.ts'
import { loadImage, saveImage } from '../../../src/parts/model/image.ts'
import { createModel } from '../../../src/parts/model/model.ts'
import { applyRecord, emptyTouched } from '../../../src/steps/recommend/apply-record.ts'
import { formatWhy } from '../../../src/tools/why/format-why.ts'
import { tellWhy, type WhyQuestion } from '../../../src/tools/why/why.ts'
import { openPlace, settle, startOn } from '../../steps/recommend/recommender-runs.ts'
import { madeLog } from '../../steps/recommend/shop-logs.ts'

const records = madeLog(400)
const question = (place: ReturnType<typeof openPlace>, more: Partial<WhyQuestion>): WhyQuestion => ({
  reader: place.reader,
  models: [],
  base: null,
  visitorKey: 'v3',
  atMs: null,
  records: 4,
  limit: 5,
  language: 'en',
  onProgress: () => undefined,
  ...more,
})

test('tells the slate that the visitor was served, from the log alone and from an image', async () => {
  const place = openPlace(records)
  await settle(await startOn(place))
  const served = place.serving
    .visitor('v3')
    ?.home.items.slice(0, 5)
    .map((item) => item.product_id)
  const answer = await tellWhy(question(place, {}))
  expect(answer.steps).toHaveLength(4)
  expect(answer.steps.at(-1)?.slate.map((product) => product.product_id)).toEqual(served)
  const model = createModel()
  for (const stored of await place.reader.read(null, 5)) applyRecord(model, stored, emptyTouched(), true)
  expect(await tellWhy(question(place, { models: [loadImage(saveImage(model))] }))).toEqual(answer)
})

test('looks no further than the time asked for', async () => {
  const place = openPlace(records)
  const all = await tellWhy(question(place, { records: 100 }))
  const third = all.steps[2]
  const early = await tellWhy(question(place, { records: 100, atMs: Date.parse(third?.at ?? '') }))
  expect(early.steps).toEqual(all.steps.slice(0, 3))
})

test('names the products, the reasons and what the ranker saw', async () => {
  const text = formatWhy(await tellWhy(question(openPlace(records), {})))
  expect(text).toMatch(/^visitor v3.*: \d+ records in the log, the last 4 of them below/)
  expect(text).toMatch(/\d+ {2}A red T-shirt \[p\d+\] {2}\(.+\)/)
  expect(text).toMatch(/[+-]\d+\.\d{3} {2}[\w ,]+: -?\d+\.\d{3} × -?\d+\.\d{3}/)
})

test('refuses a visitor whom the log does not know', async () => {
  await expect(tellWhy(question(openPlace(records), { visitorKey: 'nobody' }))).rejects.toMatchObject({
    code: 'HEM_WHY_VISITOR_UNKNOWN',
  })
})

test('the points of all features of a product add up to its score', async () => {
  const model = createModel()
  for (const stored of await openPlace(records).reader.read(null, records.length)) {
    applyRecord(model, stored, emptyTouched(), true)
  }
  const session = model.sessions.get('v3')
  const items = session?.items ?? []
  const query = { items, itemCount: items.length, session: session?.number ?? -1 }
  const all = explainRanking(model, query, FEATURES)
  expect(all.size).toBeGreaterThan(10)
  const means = new Map<string, number>()
  for (const { features } of all.values()) for (const { feature } of features) means.set(feature, 1)
  expect(FEATURE_LABELS).toHaveLength(FEATURES)
  expect([...means.keys()].filter((label) => !FEATURE_LABELS.includes(label))).toEqual([])
  const [first, second] = [...all.values()].toSorted((a, b) => b.score - a.score)
  const points = (of: typeof first) => of.features.reduce((sum, entry) => sum + entry.points, 0)
  // Features that are the same for all of the list are left out, so differences are what adds up.
  expect(points(first) - points(second)).toBeCloseTo(first.score - second.score, 6)
})
