/**
 * test/parts/sql/saved-queries: each saved question answers what plain counting over the same shop answers.
 *
 * In: the generated shop as tables, and as rows.
 * Out: the question's rows, and the same from loops.
 * Invariant: the loops share nothing with the SQL.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DuckDBConnection } from '@duckdb/node-api'
import { toSqlValue } from '../../../src/parts/sql/json-rows.ts'
import type { SqlValue } from '../../../src/parts/sql/port.ts'
import { savedQueries, savedStatement } from '../../../src/parts/sql/saved-queries.ts'
import { events, forecast, lines, openGeneratedShop, orders, users } from '../../fixtures/generated-shop.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openGeneratedShop()
})
afterAll(() => connection.closeSync())

type Row = Readonly<Record<string, SqlValue>>

async function ask(name: string, values: Record<string, string> = {}): Promise<Row[]> {
  const reader = await connection.runAndReadAll(savedStatement(name, values))
  const names = reader.columnNames()
  return reader.getRows().map((row) => Object.fromEntries(row.map((value, at) => [names[at] ?? '', toSqlValue(value)])))
}

const DAY_MS = 86_400_000
const newest = (rows: readonly { readonly shop_date: string }[]): string =>
  rows.reduce((latest, { shop_date: date }) => (date > latest ? date : latest), '')
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS

/** Rows by a key, in the order of first sight. */
function groups<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const found = new Map<string, Item[]>()
  for (const item of items) {
    const list = found.get(keyOf(item)) ?? []
    list.push(item)
    found.set(keyOf(item), list)
  }
  return found
}

const money = (rows: readonly { readonly cents: number }[]): number =>
  rows.reduce((sum, { cents }) => sum + cents, 0) / 100
const pick = (rows: readonly Row[], ...names: readonly string[]): SqlValue[][] =>
  rows.map((row) => names.map((name) => row[name] ?? null))
/** In one fixed order, since the question's own order is not what is compared. */
const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted()
const recent = (days: number) => events.filter((event) => daysBetween(event.shop_date, newest(events)) < days)
const userOf = new Map(users.map((user) => [user.user_id, user]))

describe('a saved question answers what counting answers', () => {
  test('product-interest-by-audience', async () => {
    const rows = await ask('product-interest-by-audience', { places: '2' })
    const steps = { purchase: 6, add_to_cart: 3, product_view: 1 } as Readonly<Record<string, number>>
    const seen = recent(28).flatMap((event) => {
      const user = userOf.get(event.user_id ?? '')
      const step = steps[event.event_type]
      return user && step !== undefined && event.product_id !== null ? [{ ...event, ...user, step }] : []
    })
    const expected = [...groups(seen, ({ sex, age_band }) => `${sex} ${age_band}`)].flatMap(([audience, ofAudience]) =>
      [...groups(ofAudience, (event) => event.product_id ?? '')]
        .map(([product, ofProduct]) => {
          const sessions = [...groups(ofProduct, (event) => event.session_id).values()]
          return {
            audience,
            product,
            interest: sessions.reduce((sum, all) => sum + Math.max(...all.map(({ step }) => step)), 0),
          }
        })
        .toSorted((a, b) => b.interest - a.interest || (a.product < b.product ? -1 : 1))
        .slice(0, 2),
    )
    expect(rows.length).toBeGreaterThan(6)
    const inOrder = expected.toSorted((a, b) => (a.audience < b.audience ? -1 : a.audience > b.audience ? 1 : 0))
    expect(pick(rows, 'sex', 'age_band', 'product_id', 'interest')).toEqual(
      inOrder.map(({ audience, product, interest }) => [...audience.split(' '), product, interest]),
    )
  })

  test('sales-compared', async () => {
    const rows = await ask('sales-compared', { days: '28', until: '2026-11-20' })
    const sold = lines
      .filter((line) => line.is_sale)
      .map((line) => ({ ...line, age: daysBetween(line.shop_date, '2026-11-20') }))
    for (const row of rows) {
      const mine = sold.filter((line) => line.article_type === row['article_type'])
      const between = (from: number, upto: number) => mine.filter(({ age }) => age >= from && age < upto)
      const units = between(0, 28).reduce((sum, { quantity }) => sum + quantity, 0)
      expect([row['units'], row['revenue'], row['revenue_before'], row['revenue_last_year']]).toEqual([
        units,
        ...[between(0, 28), between(28, 56), between(364, 392)].map(money),
      ])
    }
    const types = new Set(
      sold.filter(({ age }) => (age >= 0 && age < 56) || (age >= 364 && age < 392)).map((line) => line.article_type),
    )
    expect([rows.length, rows.length > 10]).toEqual([types.size, true])
  })

  test('trending-now', async () => {
    const rows = await ask('trending-now', { days: '7', least: '3' })
    const kinds = new Set(['product_view', 'add_to_cart', 'purchase'])
    const seen = recent(35).filter((event) => kinds.has(event.event_type))
    for (const dimension of ['article_type', 'base_colour'] as const) {
      const parts = [...groups(seen, (event) => event[dimension] ?? '')].filter(([value]) => value !== '')
      const isNew = (event: (typeof events)[number]) => daysBetween(event.shop_date, newest(events)) < 7
      const count = (of: typeof events, fresh: boolean) =>
        new Set(of.filter((event) => isNew(event) === fresh).map((event) => event.session_id)).size
      const all = parts.reduce((sum, [, of]) => sum + count(of, true), 0)
      const expected = parts.flatMap(([value, of]) => {
        const sessions = count(of, true)
        return sessions >= 3 ? [[value, sessions, Math.round((sessions / all) * 1e4) / 1e4]] : []
      })
      const mine = rows.filter((row) => row['dimension'] === dimension)
      expect(mine.length).toBeGreaterThan(3)
      expect(sorted(pick(mine, 'value', 'sessions', 'share'))).toEqual(sorted(expected))
    }
  })

  test('will-trend', async () => {
    const rows = await ask('will-trend', { weeks: '3' })
    const expected = [...groups(forecast, ({ value }) => value)].map(([value, weeks]) => {
      const ahead = weeks.filter((week) => week.week_ahead <= 3)
      return [value, ahead.filter((week) => week.will_trend).length, ahead.length]
    })
    expect(pick(rows, 'value', 'weeks_above', 'weeks')).toEqual(expected.toReversed())
  })

  test('bought-together', async () => {
    const rows = await ask('bought-together', { least: '2', limit: '1000' })
    const sold = lines.filter((line) => line.is_sale)
    const pairs = new Map<string, number>()
    for (const ofOrder of groups(sold, (line) => line.order_id).values()) {
      const ids = [...new Set(ofOrder.map((line) => line.product_id))].toSorted()
      for (const [at, a] of ids.entries())
        for (const b of ids.slice(at + 1)) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + 1)
    }
    const expected = [...pairs].filter(([, count]) => count >= 2).map(([pair, count]) => [...pair.split(' '), count])
    expect(sorted(pick(rows, 'product_id', 'other_product_id', 'orders'))).toEqual(sorted(expected))
    expect(expected.length).toBeGreaterThan(0)
  })

  test('stopped-buying', async () => {
    const rows = await ask('stopped-buying', { days: '60' })
    const today = newest(orders)
    const bought = groups(
      orders.filter((order) => order.is_sale && order.user_id !== null),
      (order) => order.user_id ?? '',
    )
    const expected = [...bought].flatMap(([user, list]) => {
      const days = [...new Set(list.map((order) => order.shop_date))].toSorted()
      const silent = daysBetween(days.at(-1) ?? '', today)
      const gap = daysBetween(days[0] ?? '', days.at(-1) ?? '') / (days.length - 1)
      return days.length >= 2 && silent >= 60 && silent > 2 * gap ? [[user, list.length, silent]] : []
    })
    expect(sorted(pick(rows, 'user_id', 'orders', 'silent_days'))).toEqual(sorted(expected))
    expect(expected.length).toBeGreaterThan(0)
  })

  test('looked-at-not-bought', async () => {
    const rows = await ask('looked-at-not-bought', { least: '3', limit: '1000' })
    const visitors = (of: typeof events, type: string) =>
      new Set(of.filter((event) => event.event_type === type).map((event) => event.visitor_key)).size
    const expected = [...groups(recent(28), (event) => event.product_id ?? '')].flatMap(([product, of]) => {
      const viewers = visitors(of, 'product_view')
      return product !== '' && viewers >= 3
        ? [[product, viewers, visitors(of, 'add_to_cart'), visitors(of, 'purchase')]]
        : []
    })
    expect(sorted(pick(rows, 'product_id', 'viewers', 'carters', 'buyers'))).toEqual(sorted(expected))
    expect(expected.length).toBeGreaterThan(3)
  })

  test('abandoned-carts', async () => {
    const rows = await ask('abandoned-carts', { limit: '1000' })
    const carts = [
      ...groups(
        recent(28).filter((event) => event.product_id !== null),
        (event) => `${event.product_id} ${event.session_id}`,
      ).values(),
    ]
      .filter((of) => of.some((event) => event.event_type === 'add_to_cart'))
      .map((of) => ({ product: of[0]?.product_id, isLeft: !of.some((event) => event.event_type === 'purchase') }))
    const expected = [...groups(carts, (cart) => cart.product ?? '')].flatMap(([product, of]) => {
      const left = of.filter((cart) => cart.isLeft).length
      return left > 0 ? [[product, of.length, left]] : []
    })
    expect(sorted(pick(rows, 'product_id', 'carts', 'abandoned'))).toEqual(sorted(expected))
  })

  test('new-and-returning', async () => {
    const rows = await ask('new-and-returning', { months: '3' })
    const known = new Set<string>()
    const sold = orders
      .filter((order) => order.is_sale)
      .toSorted((a, b) => (a.order_date < b.order_date ? -1 : 1))
      .map((order) => {
        const kind = order.user_id === null ? 'guest' : known.has(order.user_id) ? 'returning' : 'new'
        if (order.user_id !== null) known.add(order.user_id)
        return { ...order, kind }
      })
    const last = ['2026-09-01', '2026-10-01', '2026-11-01']
    const monthly = [
      ...groups(
        sold.filter((order) => last.includes(order.shop_month)),
        (order) => `${order.shop_month} ${order.kind}`,
      ),
    ]
    const expected = monthly.map(([key, of]) => [...key.split(' '), of.length, money(of)])
    expect(sorted(pick(rows, 'shop_month', 'customers', 'orders', 'revenue'))).toEqual(sorted(expected))
  })

  test('who-buys', async () => {
    const rows = await ask('who-buys', { days: '90' })
    const sold = orders.filter((order) => order.is_sale && daysBetween(order.shop_date, newest(orders)) < 90)
    const audience = (id: string | null) => {
      const user = userOf.get(id ?? '')
      return [user?.sex ?? 'unknown', user?.age_band ?? 'unknown', user?.region ?? 'unknown'].join(' ')
    }
    const expected = [...groups(sold, (order) => audience(order.user_id))].map(([key, of]) => [
      ...key.split(' '),
      of.length,
      money(of),
    ])
    expect(sorted(pick(rows, 'sex', 'age_band', 'region', 'orders', 'revenue'))).toEqual(sorted(expected))
  })
})

test('ten questions are saved, each under the name of its file, with defaults that run', async () => {
  expect(savedQueries().length).toBe(10)
  for (const { name, title } of savedQueries()) {
    expect([name, title]).toEqual([expect.stringMatching(/^[a-z-]+$/), expect.stringMatching(/^\w/)])
    await ask(name)
  }
})

test('values that do not fit are refused by name', () => {
  expect(() => savedStatement('no-such', {})).toThrow('HEM_SQL_SAVED_UNKNOWN')
  expect(() => savedStatement('who-buys', { days: '1; DROP' })).toThrow(/HEM_SQL_PARAMETERS .*days/)
  expect(() => savedStatement('who-buys', { colour: 'red' })).toThrow(/HEM_SQL_PARAMETERS .*colour/)
})
