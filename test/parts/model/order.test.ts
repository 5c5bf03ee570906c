import { expect, test } from 'vitest'
import { orderProducts } from '../../../src/parts/model/slate/order.ts'
import { idsOf, openShop, product, PRODUCTS } from './shop.ts'

test('a given list is ordered by what the ranker knows, then by likeness, then what suits less, then what nobody knows', () => {
  const shop = openShop([...PRODUCTS, product('dear', { priceMinor: 90_000 })])
  for (let i = 0; i < 5; i++) shop.view(`other${i}`, 'shirt3', 'bag2')
  shop.view('ann', 'shirt3')
  const given = ['ghost', 'shoe1', 'dear', 'bag5', 'shirt8', 'shirt9', 'bag2', 'shirt9']
  const ordered = orderProducts(shop.model, 'ann', given)
  expect(idsOf(ordered)).toEqual(['bag2', 'shirt9', 'shirt8', 'bag5', 'dear', 'shoe1', 'ghost'])
  expect(ordered[0].reason).toEqual({ code: 'because_you_viewed', params: { product_id: 'shirt3' } })
  expect(ordered[1].reason).toEqual({ code: 'similar_style', params: { product_id: 'shirt3' } })
})

test('a stranger gets what is popular first, and else the order that was given', () => {
  const shop = openShop(PRODUCTS)
  for (let i = 0; i < 5; i++) shop.view(`other${i}`, 'bag2')
  expect(idsOf(orderProducts(shop.model, 'nobody', ['shirt9', 'shoe1', 'bag2', 'shirt8']))).toEqual([
    'bag2',
    'shirt9',
    'shoe1',
    'shirt8',
  ])
})
