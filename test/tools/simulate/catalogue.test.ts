import { expect, test } from 'vitest'
import type { Product } from '../../../src/parts/event/product.ts'
import { demoCatalogue, fromCatalogue } from '../../../src/tools/simulate/catalogue.ts'

const nowMs = Date.parse('2026-11-23T10:15:00Z')
const products = demoCatalogue({ seed: 7, nowMs })

test('the same seed gives the same products, another seed others', () => {
  const text = JSON.stringify(products)
  expect(JSON.stringify(demoCatalogue({ seed: 7, nowMs })) === text).toBe(true)
  expect(JSON.stringify(demoCatalogue({ seed: 8, nowMs })) === text).toBe(false)
})

test('sells 2,000 products under ids of their own, among them the navy blue shirt 15970', () => {
  expect(new Set(products.map((product) => product.id)).size).toBe(2000)
  expect(products.find((product) => product.id === '15970')).toMatchObject({
    gender: 'Men',
    master_category: 'Apparel',
    sub_category: 'Topwear',
    article_type: 'Shirts',
    base_colour: 'Navy Blue',
    season: 'Fall',
    usage: 'Casual',
    available: true,
  })
})

test.each([
  ['master_category', 'Apparel', 0.48],
  ['article_type', 'Tshirts', 0.16],
  ['gender', 'Women', 0.42],
  ['base_colour', 'Black', 0.22],
  ['usage', 'Casual', 0.77],
] as const)('%s %s has about its share of a real catalogue', (column, value, share) => {
  const found = products.filter((product) => product[column] === value).length / products.length
  expect(Math.abs(found - share)).toBeLessThan(0.05)
})

test('prices are decimal strings, launches lie in the past 24 months, colourways share a style', () => {
  const ageDays = (product: Product) => (nowMs - Date.parse(product.launched_at!)) / 86_400_000
  expect(products.filter((product) => !/^\d+\.\d{2}$/.test(product.price!))).toEqual([])
  expect(products.filter((product) => ageDays(product) <= 0 || ageDays(product) > 732)).toEqual([])
  const colourway = products.find((product) => product.style_id !== product.id)!
  const base = products.find((product) => product.id === colourway.style_id)!
  expect([colourway.article_type, colourway.price]).toEqual([base.article_type, base.price])
  expect(colourway.base_colour).not.toBe(base.base_colour)
})

test('a given catalogue keeps what it says and gets what it lacks', () => {
  const bare = (id: string): Product => ({
    ...products[0],
    id,
    article_type: 'Heels',
    gender: 'Women',
    price: null,
    currency: null,
    variants: [],
    launched_at: null,
    product_display_name: 'A shoe',
  })
  const [cheap, free] = fromCatalogue([{ ...bare('1'), price: '9.50' }, bare('2')], { seed: 7, nowMs })
  expect(cheap).toMatchObject({ id: '1', price: '9.50', product_display_name: 'A shoe', currency: 'EUR' })
  expect(free.price).toMatch(/^\d+\.\d{2}$/)
  expect(free.variants.map((variant) => variant.size)).toContain('39')
  expect(Date.parse(free.launched_at!)).toBeLessThan(nowMs)
})
