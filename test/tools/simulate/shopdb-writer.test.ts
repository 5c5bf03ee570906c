import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startShopdbChild, type ShopdbChild } from '../../../src/app/shopdb-child.ts'
import { demoShop } from '../../../src/tools/simulate/demo-shop.ts'
import { simulateOrders } from '../../../src/tools/simulate/orders.ts'
import { writeDemoShop } from '../../../src/tools/simulate/shopdb-writer.ts'

const shop = demoShop({
  seed: 7,
  nowMs: Date.parse('2026-11-23T10:15:00Z'),
  timeZone: 'Europe/Paris',
  scale: 0.05,
})
const folder = mkdtempSync(join(tmpdir(), 'hemline-demo-'))
let child: ShopdbChild

beforeAll(async () => {
  child = await startShopdbChild(folder)
})
afterAll(async () => {
  await child.stop()
  rmSync(folder, { recursive: true })
})

async function ask(sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: child.url })
  await client.connect()
  const answer = await client.query<Record<string, unknown>>(sql)
  await client.end()
  return answer.rows[0]
}

test("fills the shop's tables to the cent, leaves the counters behind the last id, and writes only once", async () => {
  const orders = [...simulateOrders(shop)].flat()
  const totalMinor = orders.reduce((sum, order) => sum + order.totalMinor, 0)
  const written = await writeDemoShop({ url: child.url, shop })
  expect(written).toMatchObject({ users: 100, products: 2000, orders: orders.length })
  expect(
    await ask(`SELECT count(*)::int AS orders, (sum(total_price) * 100)::bigint::text AS total,
      (SELECT (sum(quantity * unit_price) * 100)::bigint::text FROM order_details) AS lines FROM orders`),
  ).toEqual({ orders: orders.length, total: String(totalMinor), lines: String(totalMinor) })
  expect(await ask("SELECT base_colour, variants->0->>'size' AS size FROM products WHERE id = '15970'")).toEqual({
    base_colour: 'Navy Blue',
    size: 'XS',
  })
  const next = await ask('INSERT INTO orders (order_date, total_price) VALUES (now(), 1) RETURNING id::int AS id')
  expect(next['id']).toBe(Number(orders.at(-1)!.orderId) + 1)
  await expect(writeDemoShop({ url: child.url, shop })).rejects.toThrow('HEM_SIMULATE_TABLES_FILLED')
})

test('says so when no database answers', async () => {
  const url = `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(join(folder, 'nowhere'))}`
  await expect(writeDemoShop({ url, shop })).rejects.toThrow('HEM_SHOPDB_UNREACHABLE')
})
