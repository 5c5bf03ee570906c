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
])('refuses %s=%s and names what it expects', (name, value) => {
  expect(() => readConfig({}, { [name]: value })).toThrow(
    new RegExp(`HEM_CONFIG_INVALID ${name}: expected .*"${value}"`),
  )
})
