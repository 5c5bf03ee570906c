/**
 * test/contract/shopdb.test: runs the shop database's suite against memory, PGlite and PostgreSQL.
 *
 * In: the demo's database process; a real server where one is installed.
 * Out: the contract, and what only a database over the wire can get wrong.
 * Invariant: nothing but temporary folders is touched.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startShopdbChild, type ShopdbChild } from '../../src/app/shopdb-child.ts'
import type { ShopMapping } from '../../src/parts/shopdb/schema.ts'
import { connectPostgres } from '../../src/parts/shopdb/postgres-client.ts'
import { postgresShopDatabase } from '../../src/wings/embedded/shopdb/postgres.ts'
import { openRdsLogin } from '../../src/wings/aws/shopdb/rds-login.ts'
import { openRdsShopDatabase, openRdsShopWriter, type RdsShopOptions } from '../../src/wings/aws/shopdb/rds.ts'
import { postgresShopWriter } from '../../src/wings/embedded/shopdb/writer.ts'
import { jsonAnswer, jsonRefusal, startFake, type FakeServer } from './aws/fake-server.ts'
import { memoryShopDatabase, type MemoryShop } from './memory/memory-shopdb.ts'
import { ensureLogins } from '../../src/wings/aws/shopdb/logins.ts'
import { missingPostgres, missingTls, startPostgres, type LocalPostgres } from './local-postgres.ts'
import { ANA, collectNight, EMPTY, shopdbContract, spanOf, type Seed, type ShopUnderTest } from './shopdb.contract.ts'

const NO_SOURCES = {
  orderStatus: false,
  orderCurrency: false,
  orderDiscount: false,
  orderCoupon: false,
  lineVariant: false,
  lineDiscount: false,
  returns: false,
  stock: false,
}

const memoryOrder = ({ id, ...order }: Seed['orders'][number]) => ({
  order_id: id,
  ...order,
  status: null,
  currency: null,
  discount: null,
  coupon: null,
})

shopdbContract('memory', (seed) => {
  const shop: MemoryShop = {
    users: [...seed.users],
    products: seed.products.map((product) => ({ ...product }) as MemoryShop['products'][number]),
    orders: seed.orders.map(memoryOrder),
    lines: seed.lines.map((line) => ({ ...line, variant_id: null, discount: null })),
    returns: [...seed.returns],
    stock: [...seed.stock],
    sources: { ...NO_SOURCES, returns: true, stock: true },
  }
  return Promise.resolve({
    shop: memoryShopDatabase(shop, 'Europe/Paris'),
    addOrder(order) {
      shop.orders.push(memoryOrder(order))
      return Promise.resolve()
    },
  })
})

describe('PGlite in its process', () => {
  let folder: string
  let child: ShopdbChild
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hemline-pglite-'))
    child = await startShopdbChild(join(folder, 'shopdb'))
  })
  afterAll(async () => {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  overTheWire('PGlite', () => child.url)

  test('keeps statements of many connections apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const client = await connectPostgres(child.url)
        const seen: string[] = []
        for (let round = 0; round < 10; round += 1) {
          const columns = Array.from({ length: (index % 3) + 1 }, (_, column) => `$${column + 1}::text AS c${column}`)
          const values = columns.map((_, column) => `${index}.${round}.${column}`)
          const [row] = await client.query(`SELECT ${columns.join(', ')}`, values)
          if (Object.values(row).join() !== values.join()) seen.push(JSON.stringify(row))
        }
        await client.end()
        return seen
      }),
    )
    expect(answers.flat()).toEqual([])
  })

  test('goes on after a connection broke off inside a transaction, and after a wrong statement', async () => {
    const broken = await connectPostgres(child.url)
    await broken.query('BEGIN')
    await broken.query('CREATE TABLE half_done (id int)')
    await broken.end()
    const client = await connectPostgres(child.url)
    await expect(client.query('SELECT * FROM half_done')).rejects.toThrow(/HEM_SHOPDB_SCHEMA/u)
    await expect(client.query('SELECT $1::int', ['x'])).rejects.toThrow(/HEM_SHOPDB_READ/u)
    expect(await client.query(`SELECT 'on'::text AS goes`)).toEqual([{ goes: 'on' }])
    await client.end()
  })

  test('keeps its orders when it is ended and started again', async () => {
    await seedDatabase(child.url, { ...EMPTY, users: [ANA] })
    await child.stop()
    expect(await child.exited).toBe(0)
    child = await startShopdbChild(join(folder, 'shopdb'))
    const client = await connectPostgres(child.url)
    expect(await client.query('SELECT username FROM users')).toEqual([{ username: 'ana' }])
    await client.end()
  })
})

test('loses no order when its process is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-pglite-'))
  const first = await startShopdbChild(join(folder, 'shopdb'))
  await seedDatabase(first.url, { ...EMPTY, users: [ANA] })
  await first.kill()
  const second = await startShopdbChild(join(folder, 'shopdb'))
  const { totals } = await postgresShopDatabase({ url: second.url, timeZone: 'UTC' }).readNight(
    spanOf('2026-11-23', 1),
    collectNight(),
  )
  expect(totals.users).toBe(1)
  await second.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('says in words why the process did not start', async () => {
  await expect(startShopdbChild('/dev/null/nowhere')).rejects.toThrow(/HEM_SHOPDB_CHILD.*HEMLINE_SHOPDB_URL/su)
})

const reason = missingPostgres()
describe.skipIf(reason !== null)(`PostgreSQL server${reason === null ? '' : ` (${reason})`}`, () => {
  let server: LocalPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  overTheWire('PostgreSQL', () => server.url)

  test('refuses a wrong password and a database that is not there, and never shows the password', async () => {
    const refused = await checkError(server.url.replace('sesame', 'hunter2'))
    expect(refused).toMatch(/^HEM_SHOPDB_REFUSED shop database 127\.0\.0\.1:\d+\/postgres/u)
    expect(refused).not.toContain('hunter2')
    expect(await checkError(server.url.replace('/postgres', '/nowhere'))).toMatch(/^HEM_SHOPDB_REFUSED.*nowhere/u)
  })

  test('fails with a retryable code when the connection dies midway', async () => {
    await seedDatabase(server.url, { ...EMPTY, users: [ANA] })
    const shop = postgresShopDatabase({ url: server.url, timeZone: 'UTC' })
    const killer = await connectPostgres(server.url)
    const sink = {
      ...collectNight(),
      async users() {
        await killer.query(
          `SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
           WHERE application_name = 'hemline' AND pid <> pg_backend_pid() AND state = 'idle in transaction'`,
        )
      },
    }
    await expect(shop.readNight(spanOf('2026-11-23', 1), sink)).rejects.toMatchObject({ retryable: true })
    await killer.end()
  })

  test('makes a login that reads and one that writes, twice without a change', async () => {
    const owner = await connectPostgres(server.url)
    await owner.query('CREATE ROLE rds_iam')
    await ensureLogins(owner, { reader: 'reader', writer: 'writer' })
    await ensureLogins(owner, { reader: 'reader', writer: 'writer' })
    await owner.query('SET ROLE writer')
    await owner.query('CREATE TABLE made (id int)')
    await owner.query('SET ROLE reader')
    expect(await owner.query('SELECT id FROM made')).toEqual([])
    await expect(owner.query('DELETE FROM made')).rejects.toThrow(/permission denied/u)
    await owner.query('RESET ROLE')
    await owner.query('DROP TABLE made')
    await owner.end()
  })

  const noTls = missingTls()
  describe.skipIf(noTls !== null)(`as RDS${noTls ?? ''}`, () => {
    let secrets: FakeServer
    beforeAll(async () => {
      secrets = await startFake(() =>
        jsonAnswer({ SecretString: JSON.stringify({ username: 'shop', password: 'sesame' }) }),
      )
    })
    afterAll(() => secrets.close())

    const options = (changes: Partial<RdsShopOptions> = {}): RdsShopOptions => ({
      access: secrets.access,
      host: 'localhost',
      port: Number(new URL(server.url).port),
      database: 'postgres',
      login: { secretId: 'shop' },
      authorities: server.authority ?? '',
      timeZone: 'Europe/Paris',
      ...changes,
    })
    const checkRds = (changes: Partial<RdsShopOptions>) => openRdsShopDatabase(options(changes)).check()

    shopdbContract('aws', async (seed) => {
      await seedDatabase(server.url, seed)
      return {
        shop: openRdsShopDatabase(options()),
        addOrder: (order) => openRdsShopWriter(options()).insert('orders', [{ ...order, status: 'placed' }]),
      }
    })

    test('encrypts, and refuses a server whose certificate names another or that nobody vouches for', async () => {
      await expect(checkRds({})).resolves.toMatchObject({ returns: true })
      await expect(checkRds({ host: '127.0.0.1' })).rejects.toThrow(/HEM_SHOPDB_UNREACHABLE.*IP/u)
      await expect(checkRds({ authorities: rootCertificates[0] })).rejects.toThrow(/HEM_SHOPDB_UNREACHABLE/u)
    })

    test('reads the replica, and the database itself where that does not answer', async () => {
      await expect(checkRds({ host: 'nowhere.invalid', replicaHost: 'localhost' })).resolves.toMatchObject({
        stock: true,
      })
      await expect(checkRds({ replicaHost: 'nowhere.invalid' })).resolves.toMatchObject({ stock: true })
    })

    test('reads the secret anew for each connection, so that it may be changed at any time', async () => {
      let reads = 0
      secrets.fault = () => {
        reads++
        return reads === 1 ? jsonRefusal('ThrottlingException') : null
      }
      const shop = openRdsShopDatabase(options())
      await shop.check()
      await shop.check()
      expect(reads).toBe(3)
      secrets.fault = () => jsonRefusal('AccessDeniedException')
      await expect(shop.check()).rejects.toMatchObject({ code: 'HEM_AWS_REFUSED' })
      secrets.fault = () => null
    })
  })
})

test('signs a token for an IAM user of the database, good for a quarter of an hour', async () => {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const access = { region: 'eu-central-1', credentials, random: () => 0 }
  const { user, password } = await openRdsLogin(access, { iamUser: 'hemline_reader' })({
    host: 'db.example',
    port: 5432,
  })
  const signed = new URL(`https://${password}`)
  expect([user, signed.host, signed.searchParams.get('Action')]).toEqual([
    'hemline_reader',
    'db.example:5432',
    'connect',
  ])
  expect(signed.searchParams.get('DBUser')).toBe('hemline_reader')
  expect(signed.searchParams.get('X-Amz-Expires')).toBe('900')
  expect(password).not.toContain('secret')
})

test('says when nothing listens, and when the URL is none', async () => {
  expect(await checkError('postgresql://shop:hunter2@127.0.0.1:1/shop')).toMatch(
    /^HEM_SHOPDB_UNREACHABLE shop database 127\.0\.0\.1:1\/shop: expected an answer, got .*ECONNREFUSED/u,
  )
  expect(await checkError('mysql://shop:hunter2@db/shop')).toMatch(/^HEM_CONFIG_INVALID HEMLINE_SHOPDB_URL/u)
  expect(await checkError('mysql://shop:hunter2@db/shop')).not.toContain('hunter2')
})

/** What every database over the wire must do, beside the contract. */
function overTheWire(name: string, url: () => string): void {
  const open = async (seed: Seed): Promise<ShopUnderTest> => {
    await seedDatabase(url(), seed)
    return {
      shop: postgresShopDatabase({ url: url(), timeZone: 'Europe/Paris' }),
      addOrder: (order) => postgresShopWriter(url()).insert('orders', [{ ...order, status: 'placed' }]),
    }
  }
  shopdbContract(name, open)

  test('places an order at the prices of the shop, in one piece or not at all', async () => {
    const products = ['a', 'b'].map((id) => ({
      id,
      product_display_name: id,
      price: id === 'a' ? '39.90' : '0.05',
      article_type: null,
      year: null,
    }))
    await seedDatabase(url(), { ...EMPTY, users: [ANA], products })
    const writer = postgresShopWriter(url())
    const line = (productId: string, quantity: number) => ({ productId, quantity, variantId: null })
    const order = { userId: '42', orderDate: '2026-11-23T09:00:00.000Z', currency: 'EUR' }
    const placed = await writer.placeOrder({ ...order, lines: [line('a', 2), line('b', 3)] })
    expect(placed.totalPrice).toBe('79.95')
    await expect(writer.placeOrder({ ...order, lines: [line('a', 1), line('gone', 1)] })).rejects.toThrow(
      /HEM_SHOPDB_ORDER/u,
    )
    await expect(writer.placeOrder({ ...order, lines: [] })).rejects.toThrow(/HEM_SHOPDB_ORDER/u)
    const shop = postgresShopDatabase({ url: url(), timeZone: 'UTC' })
    const { totals } = await shop.readNight(spanOf('2026-11-23', 1), collectNight())
    expect(totals.days[0]).toEqual({ orders: 1, ordersTotal: '79.95', lines: 2, units: 5, gross: '79.95' })
  })

  test('reads a shop with other names, fewer columns and wall-clock times', async () => {
    const client = await connectPostgres(url())
    await client.query(`DROP SCHEMA IF EXISTS legacy CASCADE; CREATE SCHEMA legacy;
      CREATE TABLE legacy."Kunden" (nr int, mail text);
      CREATE TABLE legacy.artikel (nr int, titel text);
      CREATE TABLE legacy.bestellung (nr int, kunde int, zeit timestamp, summe numeric, coupon text);
      CREATE TABLE legacy.position (bestellung int, artikel int, menge int, preis numeric, discount numeric);
      INSERT INTO legacy."Kunden" VALUES (1, 'x@y.z');
      INSERT INTO legacy.bestellung VALUES (7, 1, '2026-11-23 00:00:00', 9.999, 'FALL');
      INSERT INTO legacy.bestellung VALUES (8, 1, '2026-11-24 00:00:00', 1, NULL);
      INSERT INTO legacy.position VALUES (7, 3, 2, 5.005, 0.01)`)
    await client.end()
    const mapping: ShopMapping = {
      schema: 'legacy',
      tables: { users: 'Kunden', products: 'artikel', orders: 'bestellung', order_details: 'position' },
      columns: {
        users: { id: 'nr', email: 'mail' },
        products: { id: 'nr', product_display_name: 'titel' },
        orders: { id: 'nr', user_id: 'kunde', order_date: 'zeit', total_price: 'summe' },
        order_details: { order_id: 'bestellung', product_id: 'artikel', quantity: 'menge', unit_price: 'preis' },
      },
    }
    const shop = postgresShopDatabase({ url: url(), mapping, timeZone: 'Europe/Paris' })
    const sink = collectNight()
    const { totals, sources } = await shop.readNight(spanOf('2026-11-23', 1), sink)
    expect(sources).toEqual({ ...NO_SOURCES, orderCoupon: true, lineDiscount: true })
    expect(sink.rows.orders).toEqual([
      {
        order_id: '7',
        shop_date: '2026-11-23',
        user_id: '1',
        order_date: '2026-11-22T23:00:00.000000Z',
        total_price: '10.00',
        status: null,
        currency: null,
        discount: null,
        coupon: 'FALL',
      },
    ])
    expect(sink.rows.users).toMatchObject([{ id: '1', email: 'x@y.z', username: null }])
    expect(totals.days[0]).toEqual({ orders: 1, ordersTotal: '10.00', lines: 1, units: 2, gross: '10.02' })
    expect(await checkError(url(), { ...mapping, tables: { ...mapping.tables, orders: 'nirgends' } })).toMatch(
      /^HEM_SHOPDB_SCHEMA shop table nirgends/u,
    )
    expect(await checkError(url(), { ...mapping, columns: {} })).toMatch(/^HEM_SHOPDB_SCHEMA shop table \w+: .*column/u)
  })
}

async function seedDatabase(url: string, seed: Seed): Promise<void> {
  const client = await connectPostgres(url)
  await client.query('DROP TABLE IF EXISTS returns, stock, order_details, orders, products, users')
  await client.end()
  const writer = postgresShopWriter(url)
  await writer.ensureTables()
  await writer.insert('users', seed.users as never)
  await writer.insert('products', seed.products)
  await writer.insert(
    'orders',
    seed.orders.map((order) => ({ ...order, status: 'placed' })),
  )
  await writer.insert('order_details', seed.lines)
  await writer.insert(
    'returns',
    seed.returns.map(({ order_id, product_id, variant_id, quantity, refund, returned_at }) => ({
      order_id,
      product_id,
      variant_id,
      quantity,
      refund,
      returned_at,
    })),
  )
  await writer.insert(
    'stock',
    seed.stock.map((row) => ({ ...row })),
  )
}

async function checkError(url: string, mapping?: ShopMapping): Promise<string> {
  const answer = await postgresShopDatabase({ url, timeZone: 'UTC', mapping })
    .check()
    .catch((thrown: unknown) => thrown)
  return answer instanceof Error ? answer.message : JSON.stringify(answer)
}
