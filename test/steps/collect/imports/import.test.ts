/**
 * test/steps/collect/imports/import.test: files of events and products through the collector into LMDB.
 *
 * In: tiny files; the public data sets where they are present.
 * Out: what lies in the stream, and what the importer says of it.
 * Invariant: rows = stored + duplicates + rejected.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Product } from '../../../../src/parts/event/product.ts'
import { importCatalog } from '../../../../src/steps/collect/imports/import-catalog.ts'
import {
  importEvents,
  type ImportFormat,
  type ImportResult,
} from '../../../../src/steps/collect/imports/import-events.ts'
import { startCollectServer, type CollectServer } from '../collect-server.ts'

const data = join(import.meta.dirname, '../../../../../shared/data')
let folder: string
let server: CollectServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-import-test-'))
  server = await startCollectServer()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

let files = 0
function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `file-${files++}`)
  writeFileSync(path, content)
  return path
}

async function run(format: ImportFormat, path: string) {
  const after = await server.reader.tail()
  const result = await importEvents({ path, format, collector: server.collector })
  const records = (await server.reader.read(after, 10_000)).map(({ record }) => record)
  return {
    result,
    events: records.flatMap((record) => (record.kind === 'events' ? record.events : [])),
    refused: records.flatMap((record) => (record.kind === 'quarantine' ? record.refused : [])),
    products: records.flatMap((record) => (record.kind === 'products' ? record.products : [])),
  }
}

function expectLedger(result: ImportResult): void {
  expect(result.stored + result.duplicates + result.rejected).toBe(result.rows)
}

const row = (fields: object) => JSON.stringify({ event_type: 'page_view', visitor_id: 'v', ...fields })

describe('import-events --format hemline', () => {
  test('sorts by time, takes events of any age, and makes ids that stay the same', async () => {
    const path = fileOf(
      gzipSync(`${row({ timestamp: '2020-01-02T00:00:00Z' })}\n\n${row({ timestamp: '2020-01-01T00:00:00Z' })}\r\n`),
    )
    const { result, events } = await run('hemline', path)
    expect(result).toMatchObject({ rows: 2, stored: 2, duplicates: 0, rejected: 0, errors: [] })
    expect(events.map((event) => event.timestamp)).toEqual(['2020-01-01T00:00:00.000Z', '2020-01-02T00:00:00.000Z'])
    expect(events.every((event) => event.origin === 'import' && event.ip_network === null)).toBe(true)
    expect((await run('hemline', path)).result).toMatchObject({ stored: 0, duplicates: 2, rejected: 0 })
  })

  test('quarantines a row that cannot be read, with its line and its text, and goes on', async () => {
    const good = row({ timestamp: '2021-01-01T00:00:00Z' })
    const path = fileOf(`${good}\n{"event_type":\n${row({})}\n${row({ timestamp: '2021-01-02T00:00:00Z' })}`)
    const { result, events, refused } = await run('hemline', path)
    expectLedger(result)
    expect(result).toMatchObject({ rows: 4, stored: 2, rejected: 2 })
    expect(result.errors.map(({ line, code }) => [line, code])).toEqual([
      [2, 'HEM_IMPORT_ROW_UNREADABLE'],
      [3, 'HEM_EVENT_INCOMPLETE'],
    ])
    expect(refused.map(({ body }) => body)).toContain('{"event_type":')
    expect(events).toHaveLength(2)
  })

  test('reads CSV by its header, and quarantines a row with a field too many', async () => {
    const path = fileOf(
      'event_type,user_id,product_id,timestamp,unit_price\nadd_to_cart,42,15970,2022-05-05 10:00:00,"39.9"\na,b,c,d,e,f\n',
    )
    const { result, events } = await run('hemline', path)
    expect(result).toMatchObject({ rows: 2, stored: 1, rejected: 1 })
    expect(events[0]).toMatchObject({ user_id: '42', unit_price: '39.90', timestamp: '2022-05-05T10:00:00.000Z' })
  })

  test('keeps an id that the event brings', async () => {
    const { events } = await run('hemline', fileOf(row({ event_id: 'own', timestamp: '2023-01-01T00:00:00Z' })))
    expect(events[0].event_id).toBe('own')
  })

  test('quarantines a row that is not UTF-8', async () => {
    const good = row({ timestamp: '2023-02-01T00:00:00Z' })
    const bad = Buffer.concat([Buffer.from(`${good}\n{"event_type":"`), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
    expect((await run('hemline', fileOf(bad))).result).toMatchObject({ rows: 2, stored: 1, rejected: 1 })
  })

  test('says what is wrong with a missing file, a broken gzip and another format', async () => {
    const run = (path: string, format: ImportFormat = 'hemline') =>
      importEvents({ path, format, collector: server.collector })
    await expect(run(join(folder, 'absent'))).rejects.toMatchObject({ code: 'HEM_FILE_UNREADABLE' })
    const broken = gzipSync('x'.repeat(1000)).subarray(0, 20)
    await expect(run(fileOf(broken))).rejects.toMatchObject({ code: 'HEM_FILE_UNREADABLE' })
    await expect(run(fileOf('a,b\n1,2\n'))).rejects.toMatchObject({ code: 'HEM_IMPORT_FORMAT' })
    await expect(run(fileOf('a,b\n1,2\n'), 'retailrocket')).rejects.toMatchObject({ code: 'HEM_IMPORT_FORMAT' })
  })
})

describe('import-events of public formats', () => {
  test('reads RetailRocket and makes products of its items', async () => {
    const path = fileOf(
      'time_s\tvisitor\tevent\titem\tcategory\n1441852593\t7\tview\t165162\t1173\n1441852600\t7\ttransaction\t165162\t1173\nx\ty\n',
    )
    const { result, events, products } = await run('retailrocket', path)
    expect(result).toMatchObject({ rows: 3, stored: 2, rejected: 1, products: 1 })
    expect(events[1]).toMatchObject({ event_type: 'purchase', quantity: 1, visitor_id: '7', unknown_product: false })
    expect(products[0]).toMatchObject({ id: '165162', sub_category: 'Category 1173' })
    expect((await run('retailrocket', path)).result).toMatchObject({ stored: 0, duplicates: 2, products: 0 })
  })

  test('reads the clothing shop, spreading a day over its sessions in their order', async () => {
    const rows = ['1;1;A13', '2;1;A16', '1;2;B4'].map((cells) => {
      const [order, session, model] = cells.split(';')
      return `2008;4;1;${order};77;${session};1;${model};1;5;1;28;2;1`
    })
    const path = fileOf(
      [
        'year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);colour;location;model photography;price;price 2;page',
        ...rows,
      ].join('\n'),
    )
    const { result, events, products } = await run('uci-clothing', path)
    expect(result).toMatchObject({ rows: 3, stored: 3, products: 3 })
    const byTime = events.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    expect(byTime.map((event) => [event.visitor_id, event.product_id])).toEqual([
      ['1', 'A13'],
      ['1', 'A16'],
      ['2', 'B4'],
    ])
    expect(byTime.every((event) => event.timestamp.startsWith('2008-04-01T'))).toBe(true)
    expect(products[0]).toMatchObject({
      article_type: 'Trousers',
      base_colour: 'Beige',
      price: '28.00',
      currency: 'USD',
    })
  })
})

describe('import-catalog', () => {
  const header = 'id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName'
  const shirt = '15970,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual'

  test('keeps a name with commas or quotation marks whole, and lists what it cannot read', async () => {
    const path = fileOf(
      [
        header,
        `${shirt},Soap, Balm and Gel`,
        `1${shirt},"Quoted, ""twice"""`,
        `2${shirt},Nike 3.5" Short`,
        'short,row',
      ].join('\n'),
    )
    const result = await importCatalog({ path, images: true, collector: server.collector, productOf: () => null })
    expect(result).toMatchObject({ rows: 4, stored: 3, rejected: 1, errors: [{ line: 5 }] })
    const products = (await server.records()).flatMap((record) => (record.kind === 'products' ? record.products : []))
    expect(products.slice(-3).map((product) => product.product_display_name)).toEqual([
      'Soap, Balm and Gel',
      'Quoted, "twice"',
      'Nike 3.5" Short',
    ])
    expect(products.at(-3)).toMatchObject({ year: 2011, image_url: '/images/15970.jpg', currency: 'EUR' })
    expect(products.at(-3)?.price).toMatch(/^\d+\.9[05]$/)
  })

  test('sends only what the catalogue does not hold as it stands in the file', async () => {
    const held = new Map<string, Product>()
    const productOf = (id: string) => held.get(id) ?? null
    const take = async (rows: readonly string[]) => {
      const path = fileOf([header, ...rows].join('\n'))
      const result = await importCatalog({ path, images: false, collector: server.collector, productOf })
      const records = await server.records()
      for (const record of records) {
        if (record.kind === 'products') for (const product of record.products) held.set(product.id, product)
      }
      return result
    }
    expect(await take([`${shirt},Name`, `1${shirt},Other`])).toMatchObject({ rows: 2, stored: 2, duplicates: 0 })
    expect(await take([`${shirt},Name`, `1${shirt},Renamed`])).toMatchObject({ rows: 2, stored: 1, duplicates: 1 })
    expect(await take([`${shirt},Name`])).toMatchObject({ stored: 0, duplicates: 1, last: null })
  })

  test('gives a product the same price every time', async () => {
    const path = fileOf(`${header}\n${shirt},Name`)
    const prices: unknown[] = []
    const collector: Parameters<typeof importCatalog>[0]['collector'] = {
      putProducts(products) {
        prices.push((products[0] as { price: string }).price)
        return server.collector.putProducts(products)
      },
    }
    await importCatalog({ path, images: false, collector, productOf: () => null })
    await importCatalog({ path, images: false, collector, productOf: () => null })
    expect(prices[0]).toBe(prices[1])
  })
})

describe('the public data sets', () => {
  const kaggle = join(data, 'kaggle-fashion/styles.csv.gz')
  const retailrocket = join(data, 'retailrocket/events-8-days.tsv.gz')
  const clothing = join(data, 'eshop-clothing-2008/e-shop-clothing-2008.csv.gz')

  test.skipIf(!existsSync(kaggle))(
    "loads Kaggle's 44,446 products and loses none (skipped: needs ../shared/data)",
    async () => {
      const result = await importCatalog({
        path: kaggle,
        images: false,
        collector: server.collector,
        productOf: () => null,
      })
      expect(result).toMatchObject({ rows: 44_446, stored: 44_446, rejected: 0 })
    },
  )

  test.skipIf(!existsSync(retailrocket))(
    'loads eight days of RetailRocket (skipped: needs ../shared/data)',
    async () => {
      const result = await importEvents({ path: retailrocket, format: 'retailrocket', collector: server.collector })
      expect(result).toMatchObject({ rows: 43_953, stored: 43_953, duplicates: 0, rejected: 0 })
    },
  )

  test.skipIf(!existsSync(clothing))(
    "loads the clothing shop's first days (skipped: needs ../shared/data)",
    async () => {
      const lines = gunzipSync(readFileSync(clothing)).toString('latin1').split('\n', 20_001)
      const path = fileOf(lines.join('\n'))
      const result = await importEvents({ path, format: 'uci-clothing', collector: server.collector })
      expect(result).toMatchObject({ rows: 20_000, stored: 20_000, duplicates: 0, rejected: 0 })
    },
  )
})
