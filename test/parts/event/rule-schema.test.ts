import { describe, expect, test } from 'vitest'
import { normaliseRule } from '../../../src/parts/event/rule-schema.ts'
import { shopDayBounds } from '../../../src/parts/shopdb/shop-day.ts'

const read = (wire: unknown) => normaliseRule(wire, (date) => shopDayBounds(date, 'Asia/Ho_Chi_Minh'))

describe('a rule as it is written', () => {
  test('is kept with the instants of its dates in the zone of the shop, the last day included', () => {
    const rule = read({
      action: 'boost',
      match: { article_type: 'Dresses', base_colour: ['Blue', 'Navy Blue'] },
      placements: 'home',
      from: '2026-12-01',
      until: '2026-12-24',
    })
    expect(rule).toEqual({
      id: rule.id,
      action: 'boost',
      match: { article_type: ['dresses'], base_colour: ['blue', 'navy blue'] },
      placements: ['home'],
      position: null,
      strength: 3,
      from: '2026-12-01',
      until: '2026-12-24',
      starts_at: '2026-11-30T17:00:00.000Z',
      ends_at: '2026-12-24T17:00:00.000Z',
      note: null,
    })
  })

  test('gets the same id from the same content, in whichever order it is written', () => {
    const one = read({ action: 'bury', match: { season: 'Winter', gender: 'Men' } })
    const same = read({ match: { gender: 'men', season: 'winter' }, action: 'bury' })
    expect(same.id).toBe(one.id)
    expect(read({ action: 'exclude', match: { season: 'Winter', gender: 'Men' } }).id).not.toBe(one.id)
  })

  test('keeps the case of ids', () => {
    expect(read({ action: 'pin', match: { product_id: 'AB-1' }, position: 2 })).toMatchObject({
      match: { product_id: ['AB-1'] },
      position: 2,
    })
  })
})

const exclude = (match: unknown) => ({ action: 'exclude', match })

test.each([
  ['text', /the rule: expected an object such as/],
  [{ action: 'hide', match: { season: 'Fall' } }, /action: expected one of pin, boost, bury, exclude, got "hide"/],
  [exclude({}), /match: expected at least one field/],
  [
    exclude({ colour: 'Red' }),
    /match field "colour": expected one of product_id, .*base_colour.* or attributes\.<name>/,
  ],
  [exclude({ season: '' }), /match field "season": expected a text/],
  [exclude({ season: [] }), /1 to 100 values, got 0/],
  [
    { ...exclude({ season: 'Fall' }), placement: 'home' },
    /field "placement": expected one of id, action, match, placements/,
  ],
  [{ ...exclude({ season: 'Fall' }), placements: ['footer'] }, /placements: expected one of home, product/],
  [{ ...exclude({ season: 'Fall' }), position: 1 }, /position: expected none for exclude/],
  [{ ...exclude({ season: 'Fall' }), from: '2026-02-30' }, /from: expected a shop date such as/],
  [
    { ...exclude({ season: 'Fall' }), from: '2026-12-02', until: '2026-12-01' },
    /until: expected 2026-12-02 or a later/,
  ],
  [{ ...exclude({ season: 'Fall' }), id: 'a b' }, /id: expected 1 to 64 letters/],
  [{ action: 'pin', match: { product_id: '1' }, position: 51 }, /position: expected a whole number from 1 to 50/],
  [{ action: 'boost', match: { product_id: '1' }, strength: 0.5 }, /strength: expected a number from 1 to 100/],
  [exclude({ 'attributes.': 'x' }), /match field "attributes\."/],
  [exclude(JSON.parse('{"__proto__":"x"}')), /match field "__proto__"/],
])('%j is refused with what was expected', (wire, message) => {
  expect(() => read(wire)).toThrow(message)
  expect(() => read(wire)).toThrow(/^HEM_RULE_INVALID/)
})
