import { expect, test } from 'vitest'
import type { HemlineEvent } from '../../../src/parts/event/event.ts'
import { saveImage } from '../../../src/parts/model/image.ts'
import { createModel, type Model } from '../../../src/parts/model/model.ts'
import { recommend } from '../../../src/parts/model/slate/home.ts'
import { trending } from '../../../src/parts/model/slate/shop-slates.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { applyRecord, emptyTouched } from '../../../src/steps/recommend/apply-record.ts'
import { anEvent, aProduct } from '../../fixtures/records.ts'

const received_at = '2026-11-24T08:00:00.000Z'

function shopOf(...productIds: string[]): {
  model: Model
  apply: (record: StreamRecord) => ReturnType<typeof emptyTouched>
} {
  const model = createModel()
  let sequence = 0
  const apply = (record: StreamRecord) => {
    const touched = emptyTouched()
    applyRecord(model, { record, position: embeddedPosition(++sequence) }, touched, true)
    return touched
  }
  apply({ kind: 'products', received_at, products: productIds.map((id) => aProduct({ id, style_id: id })) })
  return { model, apply }
}

const events = (...list: HemlineEvent[]): StreamRecord => ({
  kind: 'events',
  received_at,
  visitor_key: 'v',
  events: list,
})

test('a bot teaches nothing, counts for nothing and owes no slate', () => {
  const { model, apply } = shopOf('1', '2')
  const before = saveImage(model)
  const types = ['product_view', 'add_to_cart', 'purchase', 'recommendation_view', 'recommendation_click', 'identify']
  const touched = apply(
    events(...types.map((event_type) => anEvent({ event_type, product_id: '1', user_id: '42', is_bot: true }))),
  )
  expect(Buffer.compare(saveImage(model), before)).toBe(0)
  expect(touched).toEqual(emptyTouched())
})

test('what was shown, clicked, ordered and sent back is counted, and being shown makes no slate stale', () => {
  const { model, apply } = shopOf('1')
  const shown = apply(events(anEvent({ event_type: 'recommendation_view', product_id: '1', visitor_id: 'v' })))
  expect(shown.visitors.size).toBe(0)
  const types = ['recommendation_click', 'purchase', 'refund']
  apply(events(...types.map((event_type) => anEvent({ event_type, product_id: '1', visitor_id: 'v' }))))
  expect(model.outcomes.totals).toEqual({ shown: 1, clicked: 1, ordered: 1, returned: 1 })
  expect(recommend(model, 'v', { limit: 5 }).map((entry) => entry.productId)).toEqual(['1'])
})

test('a shop of one visitor and one product shows it, before and after they bought it', () => {
  const { model, apply } = shopOf('1')
  const shown = () => [
    recommend(model, 'v', { limit: 5 }),
    recommend(model, 'stranger', { limit: 5 }),
    trending(model, 5),
  ]
  const steps = ['product_view', 'add_to_cart', 'purchase'] as const
  for (const list of shown()) expect(list.map((entry) => entry.productId)).toEqual(['1'])
  for (const event_type of steps) {
    apply(events(anEvent({ event_type, product_id: '1', visitor_id: 'v' })))
    for (const list of shown()) expect(list.map((entry) => entry.productId)).toEqual(['1'])
  }
  expect(trending(model, 5)[0].reason.code).toBe('popular')
})

test('a record at which learning fails is told of, owes no slate, and those after it are learned', () => {
  const { model, apply } = shopOf('1', '2')
  const poison: StreamRecord = { kind: 'events', received_at, visitor_key: 'v', events: [null as never] }
  const touched = emptyTouched()
  expect(applyRecord(model, { record: poison, position: embeddedPosition(9) }, touched, true)).toBeInstanceOf(Error)
  expect(touched.visitors.size).toBe(0)
  const after = apply(events(anEvent({ event_id: 'e2', visitor_id: 'v', product_id: '2' })))
  expect([...after.visitors]).toEqual(['v'])
})
