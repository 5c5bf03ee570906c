/**
 * test/flow/sql: questions to a running Hemline, over HTTP and over the PostgreSQL protocol.
 *
 * In: one product and one event, and the statements that people, drivers and tools send.
 * Out: rows with their types, coded errors.
 * Invariant: whoever asks reads the same rows and changes nothing.
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client, type QueryConfig } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SERVER_VERSION } from '../../src/app/postgres/server.ts'
import { startHemline, type HemlineProcess } from './hemline-process.ts'
import { shopClient, twentyProducts, type ShopClient } from './shop-client.ts'

const HAS_PSQL = spawnSync('psql', ['--version']).status === 0
let hemline: HemlineProcess
let shop: ShopClient
let url: string
let client: Client

beforeAll(async () => {
  const dataFolder = join(mkdtempSync(join(tmpdir(), 'hemline-sql-flow-')), 'data')
  hemline = await startHemline({ dataFolder, environment: { HEMLINE_PG_PORT: '0', HEMLINE_LOG_LEVEL: 'warn' } })
  shop = shopClient(hemline)
  await shop.putProducts({ products: twentyProducts() })
  await shop.post({
    event_id: 'sql-flow-1',
    event_type: 'add_to_cart',
    visitor_id: 'ana',
    product_id: '3',
    quantity: 2,
    unit_price: '39.90',
    currency: 'EUR',
    timestamp: new Date().toISOString(),
  })
  const shown = /postgresql:\/\/hemline@(\S+)\/hemline/.exec(hemline.output())?.[1]
  url = `postgresql://hemline:${hemline.keys['admin']}@${shown}/hemline`
  client = new Client({ connectionString: url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await hemline.end('SIGTERM')
})

function post(body: unknown, accept = 'application/json'): Promise<Response> {
  const headers = { authorization: `Bearer ${hemline.keys['admin']}`, accept }
  return fetch(`${hemline.url}/v1/sql`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** What the port answers to some bytes, until it closes. */
function rawly(bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    const parts: Buffer[] = []
    socket.on('data', (part) => parts.push(part))
    socket.on('close', () => resolve(Buffer.concat(parts)))
    socket.on('error', reject)
  })
}

describe('over HTTP', () => {
  test('an acknowledged event is in the next answer', async () => {
    for (let n = 0; n < 5; n++) {
      await shop.post({ event_id: `fresh-${n}`, event_type: 'product_view', visitor_id: 'ben', product_id: '4' })
      expect(await shop.sql(`SELECT count(*) AS n FROM clean.clickstreams WHERE visitor_id = 'ben'`)).toEqual([
        { n: n + 1 },
      ])
    }
  })

  test('values fill the places of a statement', async () => {
    const response = await post({
      sql: 'SELECT visitor_id, unit_price FROM clickstreams WHERE event_id = $1 AND quantity = $2',
      parameters: ['sql-flow-1', 2],
    })
    expect(await response.json()).toMatchObject({ rows: [['ana', 39.9]] })
  })

  test('rows come as lines, and the last line says that there were more', async () => {
    const response = await post({ sql: 'SELECT i, i * 2 AS twice FROM range(10001) t(i)' }, 'application/x-ndjson')
    const lines = (await response.text()).trim().split('\n')
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    expect([lines.length, JSON.parse(lines[3] ?? '')]).toEqual([10_001, { i: 3, twice: 6 }])
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ code: 'HEM_SQL_TRUNCATED' })
  })

  test('a statement that cannot run is a problem also where lines were asked for', async () => {
    const response = await post({ sql: 'SELECT nothing FROM clean.orders' }, 'application/x-ndjson')
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
  })

  test('saved questions are listed and asked by name', async () => {
    const headers = { authorization: `Bearer ${hemline.keys['admin']}` }
    const list = await (await fetch(`${hemline.url}/v1/sql`, { headers })).json()
    expect(list).toMatchObject({
      saved: expect.arrayContaining([expect.objectContaining({ name: 'abandoned-carts' })]),
    })
    const asked = await fetch(`${hemline.url}/v1/sql/abandoned-carts?days=7`, { headers })
    const posted = await post({ saved: 'abandoned-carts', parameters: { days: 7 } })
    const { rows } = (await asked.json()) as { rows: unknown[][] }
    expect(rows.map(([product, , , carts, abandoned]) => [product, carts, abandoned])).toEqual([['3', 1, 1]])
    expect(await posted.json()).toMatchObject({ rows })
    const wrong = await Promise.all([
      fetch(`${hemline.url}/v1/sql/no-such`, { headers }),
      fetch(`${hemline.url}/v1/sql/abandoned-carts?days=many`, { headers }),
      fetch(`${hemline.url}/v1/sql/abandoned-carts?color=red`, { headers }),
      post({ sql: 'SELECT 1', extra: 1 }),
    ])
    expect(wrong.map((response) => response.status)).toEqual([404, 400, 400, 400])
  })
})

describe('over the PostgreSQL protocol', () => {
  test('a simple query answers with names and types', async () => {
    const { rows, fields } = await client.query(
      `SELECT product_id, quantity, unit_price, is_bot, event_type || '!' AS cry FROM clean.clickstreams WHERE visitor_id = 'ana'`,
    )
    expect(rows).toEqual([{ product_id: '3', quantity: 2, unit_price: '39.90', is_bot: false, cry: 'add_to_cart!' }])
    expect(fields.map((field) => field.dataTypeID)).toEqual([25, 23, 1700, 16, 25])
  })

  test('an extended query takes parameters, lists and nulls', async () => {
    const { rows } = await client.query(
      `SELECT count(*) AS n FROM clean.clickstreams
       WHERE visitor_id = ANY($1) AND unit_price > $2 AND shop_date >= $3 AND ($4::text IS NULL) LIMIT $5`,
      [['ana', "o'neil, {x}"], '39.89', '2026-01-01', null, 10],
    )
    expect(rows).toEqual([{ n: '1' }])
  })

  test('a prepared statement is asked again with other values', async () => {
    const prepared = (value: number): QueryConfig => ({
      name: 'p',
      text: 'SELECT $1::int * 2 AS twice',
      values: [value],
    })
    expect((await client.query(prepared(4))).rows).toEqual([{ twice: 8 }])
    expect((await client.query(prepared(5))).rows).toEqual([{ twice: 10 }])
  })

  test('an error says what is wrong, and the connection goes on', async () => {
    await expect(client.query('DELETE FROM clean.orders')).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('SELECT $1 + nope FROM clean.orders', [1])).rejects.toMatchObject({ code: '42000' })
    await expect(client.query('SELECT i FROM range(20000) t(i)')).rejects.toMatchObject({ code: '54000' })
    await expect(client.query(`SELECT pg_read_file('/etc/passwd')`)).rejects.toMatchObject({ code: '42501' })
    expect((await client.query('BEGIN; SELECT 1 AS one; COMMIT')) as unknown).toMatchObject([
      { command: 'BEGIN' },
      { rows: [{ one: 1 }] },
      { command: 'COMMIT' },
    ])
  })

  test('only the admin key opens it', async () => {
    for (const password of ['wrong', hemline.keys['server'] ?? '']) {
      const stranger = new Client({ connectionString: url.replace(/:[^:@]*@/, `:${password}@`) })
      await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' })
    }
  })

  test('a cancel request ends what runs, if it knows the secret', async () => {
    const { processID, secretKey } = client as unknown as { readonly processID: number; readonly secretKey: number }
    const slow = client.query('SELECT count(*) FROM range(1000000) a, range(1000000) b')
    slow.catch(() => undefined)
    const request = (secret: number) => Buffer.from(Int32Array.of(16, 80_877_102, processID, secret).buffer).swap32()
    await rawly(request(secretKey ^ 1))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await rawly(request(secretKey))
    await expect(slow).rejects.toMatchObject({ code: '57014', message: expect.stringContaining('HEM_SQL_CANCELLED') })
  })

  test('a stranger who sends nonsense is cut off, and the others are served', async () => {
    const hugeStart = Buffer.from([0x7f, 0xff, 0xff, 0xff])
    const olderProtocol = Buffer.from(Int32Array.of(8, 0x0002_0000).buffer).swap32()
    const answers = await Promise.all([hugeStart, olderProtocol, Buffer.from('GET / HTTP/1.1\r\n\r\n')].map(rawly))
    expect(answers[0]?.length).toBe(0)
    expect(answers[1]?.toString()).toContain('0A000')
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('the catalogue describes every table as the lake has it', async () => {
    const version = await client.query('SHOW server_version')
    expect(version.rows).toEqual([{ server_version: SERVER_VERSION }])
    const { rows } = await client.query(
      `SELECT column_name, data_type, numeric_scale FROM information_schema.columns
       WHERE table_schema = $1 AND table_name = $2 AND column_name IN ('order_id', 'total_price', 'is_sale') ORDER BY 1`,
      ['clean', 'orders'],
    )
    expect(rows).toEqual([
      { column_name: 'is_sale', data_type: 'boolean', numeric_scale: null },
      { column_name: 'order_id', data_type: 'text', numeric_scale: null },
      { column_name: 'total_price', data_type: 'numeric', numeric_scale: 2 },
    ])
    const tables = await client.query(`SELECT schemaname || '.' || tablename AS name FROM pg_tables
      WHERE schemaname IN ('landing', 'clean', 'mart') ORDER BY 1`)
    const asked: number[] = []
    for (const { name } of tables.rows) asked.push((await client.query(`SELECT * FROM ${name} LIMIT 0`)).fields.length)
    const counts = await client.query(`SELECT count(*)::int AS n FROM pg_attribute
      JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname IN ('landing', 'clean', 'mart') AND attnum > 0 AND relkind = 'r'
      GROUP BY nspname || '.' || relname ORDER BY nspname || '.' || relname`)
    expect(asked).toEqual(counts.rows.map(({ n }) => n))
  })

  test('what BI tools ask about a table is answered as PostgreSQL answers it', async () => {
    const { rows } = await client.query(
      `SELECT n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
         pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS fallback, pg_catalog.col_description(c.oid, a.attnum) AS remark,
         pg_catalog.pg_table_is_visible(c.oid) AS visible, has_table_privilege(c.oid, 'SELECT') AS readable,
         has_table_privilege(c.oid, 'INSERT') AS writable
       FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relkind = ANY ($1) AND c.oid = $2::regclass AND a.attname OPERATOR(pg_catalog.~) $3 COLLATE pg_catalog.default`,
      [['r', 'v'], 'mart.sales_daily', '^(revenue)$'],
    )
    expect(rows).toEqual([
      {
        nspname: 'mart',
        relname: 'sales_daily',
        attname: 'revenue',
        type: 'numeric(12,2)',
        attnotnull: false,
        fallback: null,
        remark: expect.stringContaining('currency'),
        visible: true,
        readable: true,
        writable: false,
      },
    ])
    const keys = `SELECT constraint_name FROM information_schema.table_constraints WHERE table_schema = 'mart'`
    expect((await client.query(keys)).rows).toEqual([])
    const settings = await client.query(
      'SELECT current_database() AS name, current_user AS who, current_schemas(false)::text[] AS path',
    )
    expect(settings.rows).toEqual([{ name: 'hemline', who: 'hemline', path: ['clean', 'mart'] }])
  })

  const name = HAS_PSQL ? 'psql lists, describes and reads' : 'psql lists, describes and reads (skipped: needs psql)'
  test.skipIf(!HAS_PSQL)(name, async () => {
    const run = async (...commands: string[]) => {
      const flags = commands.flatMap((command) => ['-c', command])
      return (await promisify(execFile)('psql', [url, '-X', '-A', '-t', ...flags])).stdout
    }
    expect(await run('\\dt clean.*')).toContain('clean|orders|table')
    expect(await run('\\d orders')).toContain('total_price|numeric(12,2)')
    expect(await run(`SELECT product_id, unit_price FROM clean.clickstreams WHERE visitor_id = 'ana'`)).toBe(
      '3|39.90\n',
    )
  })
})
