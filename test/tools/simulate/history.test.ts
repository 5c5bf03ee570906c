import { expect, test } from 'vitest'
import { instantPicker, shopDays } from '../../../src/tools/simulate/calendar.ts'
import { simulateClicks } from '../../../src/tools/simulate/clicks.ts'
import { demoShop } from '../../../src/tools/simulate/demo-shop.ts'
import { simulateOrders } from '../../../src/tools/simulate/orders.ts'
import { simulatePeople } from '../../../src/tools/simulate/people.ts'
import { seededRandom } from '../../../src/tools/simulate/random.ts'

const nowMs = Date.parse('2026-11-23T10:15:00Z')
const timeZone = 'Europe/Paris'
const shop = demoShop({ seed: 7, nowMs, timeZone })
const orders = [...simulateOrders(shop)].flat()
const events = [...simulateClicks(shop)]
const once = [...new Map(events.map((event) => [event.event_id, event])).values()]
const isBot = (event: (typeof events)[number]) => event.properties !== undefined

test('orders run through 24 months up to now, in order of time and id', () => {
  expect(orders.length).toBeGreaterThan(24_000)
  expect(orders.length).toBeLessThan(30_000)
  expect(orders[0].orderedMs).toBeLessThan(nowMs - 728 * 86_400_000)
  expect(orders.at(-1)!.orderedMs).toBeLessThanOrEqual(nowMs)
  const unordered = orders.filter(
    (order, i) =>
      i > 0 && (order.orderedMs < orders[i - 1].orderedMs || Number(order.orderId) <= Number(orders[i - 1].orderId)),
  )
  expect(unordered).toEqual([])
})

test('an order holds 1 to 5 products that were on sale, and its total is the sum of its lines', () => {
  const sumOf = (order: (typeof orders)[number]) =>
    order.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0)
  expect(orders.filter((order) => order.lines.length < 1 || order.lines.length > 5)).toEqual([])
  expect(orders.filter((order) => order.totalMinor !== sumOf(order))).toEqual([])
  const early = orders.filter((order) =>
    order.lines.some((line) => shop.market.launchedMs[line.product] > order.orderedMs),
  )
  expect(early).toEqual([])
})

test('clicks are about 100,000, with the funnel of a shop, and none after now', () => {
  expect(events.length).toBeGreaterThan(95_000)
  expect(events.length).toBeLessThan(105_000)
  const count = (type: string) => once.filter((event) => event.event_type === type).length
  expect(count('add_to_cart') / count('product_view')).toBeGreaterThan(0.045)
  expect(count('add_to_cart') / count('product_view')).toBeLessThan(0.065)
  expect(count('purchase') / count('product_view')).toBeGreaterThan(0.012)
  expect(count('purchase') / count('product_view')).toBeLessThan(0.02)
  expect(Math.max(...once.map((event) => Date.parse(event.timestamp)))).toBeLessThanOrEqual(nowMs)
})

test('every purchase is an order of the shop, line for line, by its user and at its time', () => {
  const byId = new Map(orders.map((order) => [order.orderId, order]))
  const purchases = once.filter((event) => event.event_type === 'purchase')
  expect(purchases.length).toBeGreaterThan(1000)
  for (const purchase of purchases) {
    const order = byId.get(purchase.order_id!)!
    expect(purchase.user_id).toBe(order.shopper.userId)
    expect(Date.parse(purchase.timestamp)).toBe(order.orderedMs)
    expect(purchase.items!.map((item) => [item.product_id, item.quantity])).toEqual(
      order.lines.map((line) => [line.productId, line.quantity]),
    )
  }
})

test('the clicks hold crawlers, repeated events, late visits and guests who log in', () => {
  expect(once.filter(isBot).length).toBeGreaterThan(500)
  expect(events.length - once.length).toBeGreaterThan(300)
  expect(once.filter((event) => event.event_type === 'identify').length).toBeGreaterThan(100)
  let newestMs = 0
  let late = 0
  for (const event of events) {
    if (newestMs - Date.parse(event.timestamp) > 3_600_000) late += 1
    newestMs = Math.max(newestMs, Date.parse(event.timestamp))
  }
  expect(late).toBeGreaterThan(50)
  expect(late).toBeLessThan(events.length / 50)
})

test("a browser's counter grows with time", () => {
  const newest = new Map<string, number>()
  let backwards = 0
  for (const event of once.sort((a, b) => a.timestamp.localeCompare(b.timestamp))) {
    if (isBot(event)) continue
    if (event.client_sequence <= (newest.get(event.visitor_id) ?? -1)) backwards += 1
    newest.set(event.visitor_id, event.client_sequence)
  }
  // Two visits of one browser at the same minute may cross, as two open tabs do.
  expect(backwards).toBeLessThan(once.length / 50)
})

test('the planted colour rises and the planted article type fades', () => {
  const products = new Map(shop.products.map((product) => [product.id, product]))
  const views = once.filter((event) => event.event_type === 'product_view' && !isBot(event))
  for (const trend of shop.truth.trends) {
    const shareOf = (from: number, to: number) => {
      const seen = views.filter((view) => Date.parse(view.timestamp) >= from && Date.parse(view.timestamp) < to)
      const matching = seen.filter((view) => products.get(view.product_id!)![trend.dimension] === trend.value)
      return matching.length / seen.length
    }
    const before = shareOf(0, Date.parse(trend.starts_at))
    const ratio = shareOf(nowMs - 3 * 86_400_000, nowMs) / before
    if (trend.kind === 'rising') expect(ratio).toBeGreaterThan(1.5)
    else expect(ratio).toBeLessThan(0.67)
  }
})

test('the same options give the same history', () => {
  const again = demoShop({ seed: 7, nowMs, timeZone, scale: 0.05 })
  const first = JSON.stringify([...simulateClicks(again)])
  expect(JSON.stringify([...simulateClicks(demoShop({ seed: 7, nowMs, timeZone, scale: 0.05 }))])).toBe(first)
  expect(JSON.stringify([...simulateClicks(demoShop({ seed: 8, nowMs, timeZone, scale: 0.05 }))])).not.toBe(first)
})

test.each([
  ['2026-03-29', 23],
  ['2026-10-25', 25],
])('instants of %s lie within its %i hours', (date, hours) => {
  const days = shopDays({ nowMs: Date.parse(`${date}T12:00:00Z`), timeZone, count: 2 })
  const day = days.at(-1)!
  expect([day.date, (day.endMs - day.startMs) / 3_600_000]).toEqual([date, hours])
  const pick = instantPicker(day, timeZone)
  const random = seededRandom(1)
  const instants = Array.from({ length: 1000 }, () => pick(random))
  expect(instants.filter((atMs) => atMs < day.startMs || atMs >= day.endMs)).toEqual([])
})

test('people have names of their own, and mail that reaches nobody', () => {
  const people = simulatePeople(shop)
  expect(people.length).toBe(2000)
  expect(new Set(people.map((person) => person.username)).size).toBe(2000)
  expect(people.filter((person) => !/^[a-z.]+\d+@example\.com$/.test(person.email))).toEqual([])
  expect(people.filter((person) => !/^(19[4-9]\d|200\d)-\d{2}-\d{2}$/.test(person.birthdate))).toEqual([])
  expect(simulatePeople(shop)).toEqual(people)
})
