/**
 * test/steps/recommend/shop-logs: logs of a shop as records of the stream.
 *
 * In: a seed, or the real events where they are on this machine.
 * Out: the catalogue, then one visitor's events a record, in order of time.
 * Invariant: the same call gives the same records.
 */
import { nextRandom } from '../../../src/parts/model/state/random.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { anEvent, aProduct } from '../../fixtures/records.ts'
import { retailRocketLines } from '../../parts/model/retailrocket.ts'

const RECEIVED_AT = '2026-11-23T08:00:00.000Z'
const TYPES = ['product_view', 'product_view', 'product_view', 'search', 'add_to_cart', 'remove_from_cart', 'purchase']
const PRODUCTS = 120

/** Six visitors at a time among sixty, who log in, share devices and buy; products change now and then. */
export function madeLog(count: number): StreamRecord[] {
  const generator = { state: 11 }
  const draw = (below: number): number => nextRandom(generator) % below
  const product = (number: number) =>
    aProduct({
      id: `p${number}`,
      style_id: `p${number}`,
      gender: draw(2) === 0 ? 'Women' : 'Men',
      article_type: `type${number % 8}`,
      sub_category: `sub${number % 4}`,
      base_colour: `colour${number % 5}`,
      available: draw(12) > 0,
    })
  const records: StreamRecord[] = [productsRecord(Array.from({ length: PRODUCTS }, (_, number) => product(number)))]
  for (let place = 0; place < count; place++) {
    if (place % 83 === 82) records.push(productsRecord([product(draw(PRODUCTS))]))
    const visitor = draw(6) + 6 * (Math.floor(place / 150) % 10)
    const user = draw(9) === 0 ? `u${(visitor + draw(2)) % 20}` : null
    const time = new Date(Date.UTC(2026, 10, 23, 8) + place * 45_000).toISOString()
    const events = Array.from({ length: 1 + draw(2) }, (_, nth) =>
      anEvent({
        event_id: `e${place}-${nth}`,
        event_type: TYPES[draw(TYPES.length)],
        visitor_id: `v${visitor}`,
        user_id: user,
        product_id: `p${Math.floor((PRODUCTS * draw(100) * draw(100)) / 10_000)}`,
        corrected_at: time,
      }),
    )
    records.push({ kind: 'events', received_at: RECEIVED_AT, visitor_key: `v${visitor}`, events })
  }
  return records
}

const REAL_TYPES: Readonly<Record<string, string>> = {
  view: 'product_view',
  addtocart: 'add_to_cart',
  transaction: 'purchase',
}

/** The first events of eight real days, with a catalogue of their products. */
export function realLog(count: number): StreamRecord[] {
  const rows = retailRocketLines('events-8-days.tsv.gz')
    .map((line) => line.split('\t'))
    .filter(([time]) => /^\d+$/.test(time))
    .slice(0, count)
  const subCategoryOf = new Map(rows.map(([, , , item, category]) => [item, category || null]))
  const products = [...subCategoryOf].map(([id, sub_category]) => aProduct({ id, style_id: id, sub_category }))
  const records: StreamRecord[] = []
  for (let from = 0; from < products.length; from += 20) records.push(productsRecord(products.slice(from, from + 20)))
  for (const [place, [time, visitor, type, item]] of rows.entries()) {
    const event = anEvent({
      event_id: `e${place}`,
      event_type: REAL_TYPES[type],
      visitor_id: visitor,
      product_id: item,
      corrected_at: new Date(Number(time) * 1000).toISOString(),
    })
    records.push({ kind: 'events', received_at: RECEIVED_AT, visitor_key: visitor, events: [event] })
  }
  return records
}

function productsRecord(products: readonly ReturnType<typeof aProduct>[]): StreamRecord {
  return { kind: 'products', received_at: RECEIVED_AT, products }
}
