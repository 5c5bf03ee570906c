import { expect, test } from 'vitest'
import { loadImage, saveImage } from '../../../src/parts/model/image.ts'
import { createModel, type Model } from '../../../src/parts/model/model.ts'
import { followVisitor, withVisitor, type VisitorState } from '../../../src/parts/model/session/visitor-state.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import type { StoredRecord } from '../../../src/parts/stream/record.ts'
import { actOf } from '../../../src/steps/recommend/acts.ts'
import { applyRecord, emptyTouched } from '../../../src/steps/recommend/apply-record.ts'
import { visitorEntry } from '../../../src/steps/recommend/lists.ts'
import { madeLog } from '../../steps/recommend/shop-logs.ts'

/** Nobody logs in, since whose visitor is whose rests elsewhere. */
const LOG: readonly StoredRecord[] = madeLog(600).map((record, place) => ({
  position: embeddedPosition(place + 1),
  record:
    record.kind === 'events'
      ? { ...record, events: record.events.map((event) => ({ ...event, user_id: null })) }
      : record,
}))

const entryOf = (model: Model, visitorKey: string) =>
  visitorEntry({ model, asOf: embeddedPosition(9), computedAt: '' }, visitorKey)

/** One process that learns and scores, and beside it states that only follow their visitor's events. */
function bothWays(visit: (model: Model, visitorKey: string, state: VisitorState) => void) {
  const model = createModel()
  const states = new Map<string, VisitorState>()
  for (const [place, stored] of LOG.entries()) {
    applyRecord(model, stored, emptyTouched(), true)
    const { record } = stored
    if (record.kind !== 'events') continue
    for (const event of record.events) {
      const act = actOf(event)
      if (act === null) continue
      const state = followVisitor(states.get(record.visitor_key) ?? null, act)
      // Through JSON, as a store keeps it.
      if (state !== null) states.set(record.visitor_key, JSON.parse(JSON.stringify(state)))
    }
    const state = states.get(record.visitor_key)
    if (place % 9 === 0 && state !== undefined) visit(model, record.visitor_key, state)
  }
}

test('a session kept apart and an image give the slate that the process which learned it gives', () => {
  let compared = 0
  bothWays((model, key, state) => {
    const image = loadImage(saveImage(model))
    expect(withVisitor(image, { key, state }, () => entryOf(image, key))).toEqual(entryOf(model, key))
    compared++
  })
  expect(compared).toBeGreaterThan(50)
})

test('an image that lags gives every scorer the same slate, and stays as it was', () => {
  const older: { image: Uint8Array | null; models: Model[] } = { image: null, models: [] }
  bothWays((model, key, state) => {
    older.image ??= saveImage(model)
    if (older.models.length === 0) older.models.push(loadImage(older.image), loadImage(older.image))
    const [first, second] = older.models
    // The second scores others in between.
    withVisitor(second, { key: 'v1', state }, () => entryOf(second, 'v1'))
    const scored = withVisitor(first, { key, state }, () => entryOf(first, key))
    expect(withVisitor(second, { key, state }, () => entryOf(second, key))).toEqual(scored)
    expect(scored.excluded.length).toBeLessThanOrEqual(entryOf(model, key).excluded.length)
  })
  expect(older.models.map(saveImage)).toEqual([older.image, older.image])
})
