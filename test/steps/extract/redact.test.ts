/**
 * test/steps/extract/redact: what is left of a person.
 *
 * In: users as shops hold them.
 * Out: hash, sex, age band and region, or null.
 * Invariant: where it is unsure, nothing is kept.
 */
import { expect, test } from 'vitest'
import { ageBandOf, emailHashOf, redactUser, regionOf } from '../../../src/steps/extract/redact.ts'
import { HASH_KEY, aUser } from '../../fixtures/night-shop.ts'

test.each([
  ['2008-11-25', '0-17'],
  ['2008-11-24', '18-24'],
  ['2001-11-25', '18-24'],
  ['2001-11-24', '25-34'],
  ['1950-01-01', '65+'],
  ['1890-01-01', null],
  ['2030-01-01', null],
  ['unknown', null],
  [null, null],
])('puts a person born on %s into the band %s on 2026-11-24', (birthdate, band) => {
  expect(ageBandOf(birthdate, '2026-11-24')).toBe(band)
})

test.each([
  ['12 Main St, Springfield, IL 62701', 'IL'],
  ['12 Main St\nSpringfield', 'Springfield'],
  ['7 Lê Lợi, Quận 1, Hồ Chí Minh', 'Hồ Chí Minh'],
  ['1 Rue X, 69001 Lyon', 'Lyon'],
  ['Rue de la Paix 5', null],
  ['Rue de la Paix, 5', null],
  ['5, Rue 9', 'Rue'],
  ['a, b@example.com', null],
  ['', null],
  [null, null],
])('takes from the address %j the region %j', (address, region) => {
  expect(regionOf(address)).toBe(region)
})

test('hashes an address with the key, whatever its case, and cannot be redone without it', () => {
  const hash = emailHashOf('Ana@Example.com ', HASH_KEY)
  expect(hash).toMatch(/^[0-9a-f]{64}$/u)
  expect(emailHashOf('ana@example.com', HASH_KEY)).toBe(hash)
  expect(emailHashOf('ana@example.com', 'ff')).not.toBe(hash)
  expect(emailHashOf('  ', HASH_KEY)).toBeNull()
})

test('keeps no other field', () => {
  const user = redactUser(aUser({ id: '9', first_name: 'Ana', sex: 'Nữ' }), { hashKey: HASH_KEY, onDate: '2026-11-24' })
  expect(user).toEqual({ user_id: '9', email_hash: null, sex: 'female', age_band: null, region: null })
})
