import { describe, expect, test } from 'vitest'
import { forgetVisitor, noteOutcome, upsertProduct } from '../../../src/parts/model/model.ts'
import { identify } from '../../../src/parts/model/session/known-users.ts'
import { cartSuggestions } from '../../../src/parts/model/slate/cart.ts'
import { recommend } from '../../../src/parts/model/slate/home.ts'
import { goesWith, similar } from '../../../src/parts/model/slate/product-lists.ts'
import { newIn, trending } from '../../../src/parts/model/slate/shop-slates.ts'
import { shopperState } from '../../../src/parts/model/slate/shopper.ts'
import { trendsBy } from '../../../src/parts/model/trend/trends.ts'
import { idsOf, openShop, product, PRODUCTS, START_MS } from './shop.ts'

describe('the home slate', () => {
  test('changes with the very first click, towards what others viewed after it', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 5; i++) shop.view(`other${i}`, 'shirt3', 'shirt7')
    shop.view('ann', 'shirt3')
    const slate = recommend(shop.model, 'ann', { limit: 5 })
    const found = slate.find((entry) => entry.productId === 'shirt7')
    expect(found?.reason).toEqual({ code: 'because_you_viewed', params: { product_id: 'shirt3' } })
    expect(idsOf(slate).indexOf('shirt7')).toBeLessThan(2)
  })

  test('leaves out what is in the cart, what was just bought and what the caller names', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 5; i++) shop.view(`other${i}`, 'shirt0', 'shirt1', 'shirt2', 'shirt3')
    shop.view('ann', 'shirt0')
    shop.act('ann', 'cart', 'shirt1')
    shop.act('ann', 'purchase', 'shirt2')
    const ids = idsOf(recommend(shop.model, 'ann', { limit: 20, exclude: ['shirt3'] }))
    for (const absent of ['shirt1', 'shirt2', 'shirt3']) expect(ids).not.toContain(absent)
    expect(ids).toContain('shirt0')
    shop.act('ann', 'remove', 'shirt1')
    expect(idsOf(recommend(shop.model, 'ann', { limit: 20 }))).toContain('shirt1')
  })

  test('shows only available products of the catalogue', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 5; i++) shop.view(`other${i}`, 'shirt0', 'ghost', 'shirt1')
    upsertProduct(shop.model, product('shirt1', { available: false }))
    shop.view('ann', 'shirt0')
    const ids = idsOf(recommend(shop.model, 'ann', { limit: 30 }))
    expect(ids).not.toContain('ghost')
    expect(ids).not.toContain('shirt1')
  })

  test('keeps to the gender of the visit, Unisex too, until that is too few', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 5; i++) shop.view(`other${i}`, 'shoe0', 'shirt1', 'shoe2')
    shop.view('bob', 'shoe0')
    const short = idsOf(recommend(shop.model, 'bob', { limit: 15 }))
    expect(short).toHaveLength(15)
    expect(short.filter((id) => id.startsWith('shirt'))).toEqual([])
    const long = idsOf(recommend(shop.model, 'bob', { limit: 25 }))
    expect(long).toHaveLength(25)
    expect(long.slice(-5).every((id) => id.startsWith('shirt'))).toBe(true)
  })

  test('shows one product of a style', () => {
    const shop = openShop([
      product('red', { styleId: 's' }),
      product('blue', { styleId: 's' }),
      product('other', { styleId: 'o' }),
    ])
    shop.view('ann', 'red')
    expect(idsOf(recommend(shop.model, 'ann', { limit: 10 })).toSorted()).toEqual(['other', 'red'])
  })

  test('is full for a stranger, and says that it shows what is popular or new', () => {
    const shop = openShop(PRODUCTS)
    expect(new Set(recommend(shop.model, 'nobody', { limit: 10 }).map((entry) => entry.reason.code))).toEqual(
      new Set(['new_in']),
    )
    shop.view('ann', 'shirt3')
    const [first] = recommend(shop.model, 'nobody', { limit: 10 })
    expect(first).toMatchObject({ productId: 'shirt3', reason: { code: 'popular' } })
  })

  test('is never empty while anything is sold, not even when all of it was bought', () => {
    const shop = openShop([product('only')])
    shop.act('ann', 'purchase', 'only')
    expect(idsOf(recommend(shop.model, 'ann', { limit: 10 }))).toEqual(['only'])
    expect(recommend(openShop([]).model, 'ann', { limit: 10 })).toEqual([])
  })

  test('shows a product that nobody has clicked beside its likes', () => {
    const shop = openShop([...PRODUCTS, product('fresh', { baseColour: 'Red' })])
    for (let i = 0; i < 12; i++) for (let j = 0; j < 8; j++) shop.view(`other${i}.${j}`, `shirt${i}`)
    shop.view('ann', 'shirt1')
    const slate = recommend(shop.model, 'ann', { limit: 20 })
    expect(slate.find((entry) => entry.productId === 'fresh')?.reason).toEqual({
      code: 'similar_style',
      params: { product_id: 'shirt1' },
    })
  })

  test('reminds a returning visitor of the visit before', () => {
    const shop = openShop(PRODUCTS)
    shop.view('ann', 'bag0', 'bag1')
    shop.pass(31)
    expect(idsOf(recommend(shop.model, 'ann', { limit: 10 }))).toContain('bag1')
    shop.view('ann', 'shirt0')
    const reminder = recommend(shop.model, 'ann', { limit: 10 }).find((entry) => entry.productId === 'bag1')
    expect(reminder?.reason.code).toBe('viewed_again')
    expect(shopperState(shop.model, 'ann').recent).toEqual(['shirt0', 'bag1', 'bag0'])
  })

  test('has scores that never rise', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 9; i++) shop.view(`other${i}`, `shirt${i}`, `shirt${i + 1}`, `bag${i % 6}`)
    shop.view('ann', 'shirt2', 'bag2', 'shirt5')
    const scores = recommend(shop.model, 'ann', { limit: 30 }).map((entry) => entry.score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  })
})

describe('products that the ranker does not know', () => {
  const likes = (changes: Partial<ReturnType<typeof product>>, count: number, name: string) =>
    Array.from({ length: count }, (_, i) => product(`${name}${i}`, changes))

  test('suit the purse, per kind of product, before those that do not', () => {
    const shop = openShop([
      ...likes({ priceMinor: 2000 }, 3, 'cheap'),
      ...likes({ priceMinor: 20_000 }, 6, 'dear'),
      ...likes({ priceMinor: 2200 }, 6, 'fair'),
      product('watch', { subCategory: 'Watches', articleType: 'Watches', priceMinor: 90_000 }),
    ])
    shop.view('ann', 'cheap0', 'cheap1', 'cheap2')
    const ids = idsOf(recommend(shop.model, 'ann', { limit: 20 }))
    expect(ids).toHaveLength(16)
    const firstDear = ids.findIndex((id) => id.startsWith('dear'))
    expect(ids.slice(firstDear).every((id) => id.startsWith('dear'))).toBe(true)
  })

  test('suit the season of what was looked at, once three products told it', () => {
    const shop = openShop([
      ...likes({ season: 'Winter' }, 4, 'winter'),
      ...likes({ season: 'Summer' }, 6, 'summer'),
      ...likes({ season: null }, 2, 'any'),
    ])
    const firstFive = () => idsOf(recommend(shop.model, 'ann', { limit: 6 })).map((id) => id.replace(/\d/, ''))
    shop.view('ann', 'winter0', 'winter1', 'winter2')
    expect(firstFive().slice(0, 6)).not.toContain('summer')
  })

  test('leave out the other colours of a style in the cart', () => {
    const shop = openShop([...PRODUCTS, product('red', { styleId: 's' }), product('blue', { styleId: 's' })])
    shop.view('ann', 'shirt1')
    shop.act('ann', 'cart', 'red')
    expect(idsOf(recommend(shop.model, 'ann', { limit: 32 }))).not.toContain('blue')
  })

  test('get at most one place in ten, never one of the first two, and others for other shoppers', () => {
    const shop = openShop([...PRODUCTS, ...likes({}, 40, 'fresh')])
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 8; j++) shop.view(`old${i}.${j}`, `shirt${i}`, `shirt${(i + 1) % 12}`)
    const shown = new Set<string>()
    for (let i = 0; i < 20; i++) {
      shop.view(`ann${i}`, 'shirt0')
      const slate = recommend(shop.model, `ann${i}`, { limit: 10 })
      const fresh = slate.flatMap(({ productId }, place) => (productId.startsWith('fresh') ? [place] : []))
      expect(fresh.length).toBeLessThanOrEqual(1)
      expect(fresh.every((place) => place >= 2)).toBe(true)
      for (const place of fresh) shown.add(slate[place].productId)
    }
    expect(shown.size).toBeGreaterThan(10)
  })

  test('are drawn again the same from the same log', () => {
    const build = () => {
      const shop = openShop([...PRODUCTS, ...likes({}, 40, 'fresh')])
      for (let i = 0; i < 30; i++) shop.view(`old${i}`, 'shirt1', 'shirt3', 'shirt5')
      shop.view('ann', 'shirt1')
      return recommend(shop.model, 'ann', { limit: 30 })
    }
    expect(build()).toEqual(build())
  })

  test('give way when they were shown often and never clicked', () => {
    const shop = openShop([...PRODUCTS, product('dull'), product('fresh')])
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 8; j++) shop.view(`old${i}.${j}`, `shirt${i}`, `shirt${(i + 1) % 12}`)
    for (let i = 0; i < 400; i++) noteOutcome(shop.model, 'dull', 'shown')
    for (let i = 0; i < 400; i++) noteOutcome(shop.model, 'bag1', i % 10 === 0 ? 'clicked' : 'shown')
    let fresh = 0
    for (let i = 0; i < 40; i++) {
      shop.view(`ann${i}`, 'shirt0')
      const ids = idsOf(recommend(shop.model, `ann${i}`, { limit: 10 }))
      if (ids.includes('fresh')) fresh++
      if (ids.includes('dull')) fresh--
    }
    expect(fresh).toBeGreaterThan(20)
  })
})

describe('what is sent back', () => {
  test('counts for less, and nothing changes where nothing is', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 4; i++) shop.view(`one${i}`, 'shirt3', 'shirt7', 'shirt9')
    for (let i = 0; i < 3; i++) shop.view(`other${i}`, 'shirt3', 'shirt9', 'shirt7')
    shop.view('ann', 'shirt3')
    const before = recommend(shop.model, 'ann', { limit: 5 })
    for (let i = 0; i < 10; i++) noteOutcome(shop.model, 'shirt7', 'ordered')
    for (let i = 0; i < 10; i++) noteOutcome(shop.model, 'shirt9', 'ordered')
    expect(recommend(shop.model, 'ann', { limit: 5 })).toEqual(before)
    for (let i = 0; i < 9; i++) noteOutcome(shop.model, 'shirt7', 'returned')
    const after = idsOf(recommend(shop.model, 'ann', { limit: 5 }))
    expect(idsOf(before).indexOf('shirt7')).toBeLessThan(idsOf(before).indexOf('shirt9'))
    expect(after.indexOf('shirt7')).toBeGreaterThan(after.indexOf('shirt9'))
  })
})

describe('lists beside a product', () => {
  test('similar starts from attributes before anyone has clicked', () => {
    const list = similar(openShop(PRODUCTS).model, 'shirt1', 5)
    expect(idsOf(list)).toEqual(['shirt3', 'shirt5', 'shirt7', 'shirt9', 'shirt11'])
    expect(list[0].reason).toEqual({ code: 'similar_style', params: { product_id: 'shirt1' } })
  })

  test('similar moves up what is viewed in the same sessions', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 4; i++) shop.view(`other${i}`, 'shirt1', 'shirt8')
    expect(similar(shop.model, 'shirt1', 5)[0]).toMatchObject({
      productId: 'shirt8',
      reason: { code: 'viewed_together' },
    })
  })

  test('goes_with is of another article type, first what was bought with it', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 3; i++) {
      shop.view(`other${i}`, 'shirt1', 'shirt2')
      shop.act(`other${i}`, 'cart', 'shirt1', 'bag4')
    }
    const list = goesWith(shop.model, 'shirt1', 4)
    expect(list[0]).toMatchObject({ productId: 'bag4', reason: { code: 'bought_together' } })
    expect(idsOf(list).filter((id) => id.startsWith('shirt'))).toEqual([])
    expect(list[1].reason.code).toBe('completes_look')
  })

  test('goes_with shows at most three of an article type that nobody chose, those of the gender first', () => {
    const sandals = { articleType: 'Sandals', subCategory: 'Sandals', masterCategory: 'Footwear' }
    const shop = openShop([
      ...PRODUCTS,
      product('sandal0', { ...sandals, gender: 'Unisex' }),
      ...[1, 2, 3].map((i) => product(`sandal${i}`, sandals)),
      product('sold out', { ...sandals, available: false }),
    ])
    const list = idsOf(goesWith(shop.model, 'shirt0', 30))
    expect(list).toEqual(['sandal1', 'sandal2', 'sandal3', 'bag0', 'bag1', 'bag2'])
    upsertProduct(shop.model, product('sandal2', { ...sandals, gender: 'Men' }))
    const changed = idsOf(goesWith(shop.model, 'shirt0', 30))
    expect(changed).toEqual(['sandal1', 'sandal3', 'bag0', 'bag1', 'bag2', 'sandal0'])
  })

  test('an unknown product still gets a list of what is sold', () => {
    expect(similar(openShop(PRODUCTS).model, 'ghost', 5)).toHaveLength(5)
    expect(goesWith(openShop(PRODUCTS).model, 'ghost', 5)).toHaveLength(5)
  })
})

describe('the cart', () => {
  test('suggests what goes with it, never what is in it', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 3; i++) shop.act(`other${i}`, 'cart', 'shirt1', 'bag4', 'shirt2')
    shop.act('ann', 'cart', 'shirt1', 'shirt2')
    const list = cartSuggestions(shop.model, 'ann', 6)
    expect(list[0].productId).toBe('bag4')
    expect(list).toHaveLength(6)
    expect(idsOf(list)).not.toContain('shirt1')
    expect(idsOf(list)).not.toContain('shirt2')
  })

  test('an empty cart gets the home slate', () => {
    const shop = openShop(PRODUCTS)
    shop.view('ann', 'shirt1')
    expect(cartSuggestions(shop.model, 'ann', 6)).toEqual(recommend(shop.model, 'ann', { limit: 6 }))
  })
})

describe('lists of the whole shop', () => {
  test('a product that suddenly draws attention trends above one that always does', () => {
    const shop = openShop(PRODUCTS)
    for (let day = 0; day < 60; day++) {
      for (let i = 0; i < 10; i++) shop.view(`old${day}.${i}`, i < 7 ? 'shirt1' : `shirt${i}`)
      shop.pass(24 * 60)
    }
    for (let i = 0; i < 60; i++) shop.view(`new${i}`, 'bag2')
    expect(trending(shop.model, 3)[0]).toMatchObject({
      productId: 'bag2',
      reason: { code: 'rising', params: { value: 'Blue Handbags' } },
    })
    expect(trendsBy(shop.model, { dimension: 'article_type', window: 'now', limit: 50 })[0]).toMatchObject({
      value: 'Handbags',
    })
    expect(trendsBy(shop.model, { dimension: 'product', window: 'now', limit: 50 })[0].low).toBeGreaterThan(1)
  })

  test('ten views of one session count a value once, an order six times', () => {
    const shop = openShop(PRODUCTS)
    shop.view('ann', 'shirt1', 'shirt3', 'shirt1', 'shirt5')
    expect(trendsBy(shop.model, { dimension: 'article_type', window: 'now', limit: 50 })).toMatchObject([
      { value: 'Tshirts', sessions: expect.closeTo(1, 2) },
    ])
    shop.act('ann', 'purchase', 'shirt5')
    expect(trendsBy(shop.model, { dimension: 'article_type', window: 'now', limit: 50 })[0].sessions).toBeCloseTo(6, 1)
  })

  test('new_in is by launch, newest first', () => {
    const shop = openShop([
      product('may', { launchedAtMs: START_MS - 9e9 }),
      product('june', { launchedAtMs: START_MS }),
      product('undated'),
    ])
    expect(idsOf(newIn(shop.model, 3))).toEqual(['june', 'may', 'undated'])
    expect(idsOf(trending(shop.model, 3))).toHaveLength(3)
  })
})

describe('visitors', () => {
  test('a forgotten visitor is a stranger', () => {
    const shop = openShop(PRODUCTS)
    shop.act('ann', 'cart', 'shirt1')
    identify(shop.model, 'ann', '42')
    forgetVisitor(shop.model, 'ann')
    expect(shopperState(shop.model, 'ann')).toEqual({ userId: null, excluded: [], recent: [], cart: [], gender: null })
    expect(shop.model.users.size).toBe(0)
  })

  test('the least recently active leave first when there are too many', () => {
    const shop = openShop(PRODUCTS, { maxVisitors: 2 })
    shop.view('ann', 'shirt1')
    shop.view('bob', 'shirt2')
    shop.view('ann', 'shirt3')
    shop.view('cho', 'shirt4')
    expect([...shop.model.sessions.keys()]).toEqual(['ann', 'cho'])
  })
})
