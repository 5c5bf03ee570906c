import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/app/config.ts'

test('takes the command line before the environment before the default', () => {
  const config = readConfig({ port: '9000' }, { HEMLINE_PORT: '9001', HEMLINE_DELIVER_SECONDS: '5' })
  expect(config).toMatchObject({ port: 9000, deliverSeconds: 5, host: '127.0.0.1', shopdbUrl: null })
})

test.each([
  ['HEMLINE_PORT', 'eighty'],
  ['HEMLINE_PORT', '65536'],
  ['HEMLINE_TIME_ZONE', 'Mars/Olympus'],
  ['HEMLINE_SHOPDB_URL', 'mysql://shop'],
  ['HEMLINE_DELIVER_SECONDS', '0'],
  ['HEMLINE_LAKE_MB', '100'],
])('refuses %s=%s and names what it expects', (name, value) => {
  expect(() => readConfig({}, { [name]: value })).toThrow(
    new RegExp(`HEM_CONFIG_INVALID ${name}: expected .*"${value}"`),
  )
})

test('gives the lake a part of the memory, never less than it needs to run', () => {
  const { lakeMegabytes } = readConfig({}, {})
  expect(lakeMegabytes).toBeGreaterThanOrEqual(128)
  expect(lakeMegabytes).toBeLessThanOrEqual(2048)
  expect(readConfig({}, { HEMLINE_LAKE_MB: '4000' }).lakeMegabytes).toBe(4000)
})

test('reads the names a shop uses from a file, and refuses a file that names what we do not have', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-mapping-'))
  const write = (mapping: unknown) => {
    const path = join(folder, 'mapping.json')
    writeFileSync(path, JSON.stringify(mapping))
    return { HEMLINE_SHOPDB_MAPPING: path }
  }
  const mapping = { schema: 'shop', tables: { orders: 'bestellungen' }, columns: { orders: { id: 'nr' } } }
  expect(readConfig({}, write(mapping)).shopdbMapping).toEqual(mapping)
  expect(readConfig({}, {}).shopdbMapping).toBeNull()
  for (const wrong of [{ tables: { sales: 'x' } }, { columns: { orders: { total: 'x' } } }, { names: {} }, []]) {
    expect(() => readConfig({}, write(wrong))).toThrow(/HEM_CONFIG_INVALID.*HEMLINE_SHOPDB_MAPPING/u)
  }
})
