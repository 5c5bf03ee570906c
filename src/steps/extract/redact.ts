/**
 * extract/redact: a user of the shop without anything that names the person.
 *
 * In: a row of the shop's users table.
 * Out: what the lake may hold of it.
 * Invariant: username, name, e-mail, phone, address and birthdate never leave this function in clear.
 */
import { createHmac } from 'node:crypto'
import type { ShopUser } from '../../parts/shopdb/rows.ts'

export interface RedactedUser {
  readonly user_id: string
  readonly email_hash: string | null
  readonly sex: 'female' | 'male' | 'other' | null
  readonly age_band: string | null
  /** Of the address, before rare ones are dropped (see `landing.ts`). */
  readonly region: string | null
}

/** Lower ages of the bands; below the first is "0-17". */
const BAND_STARTS = [18, 25, 35, 45, 55, 65] as const
const AGE_MAXIMUM = 120
const REGION_CHARACTERS_MAXIMUM = 40

export interface RedactOptions {
  /** Secret of this installation, hex: without it a hash cannot be guessed from a list of addresses. */
  readonly hashKey: string
  /** "YYYY-MM-DD": ages are counted on this day. */
  readonly onDate: string
}

export function redactUser(user: ShopUser, options: RedactOptions): RedactedUser {
  return {
    user_id: user.id,
    email_hash: emailHashOf(user.email, options.hashKey),
    sex: sexOf(user.sex),
    age_band: ageBandOf(user.birthdate, options.onDate),
    region: regionOf(user.address),
  }
}

/** HMAC-SHA256 of the address in lower case, hex. */
export function emailHashOf(email: string | null, hashKey: string): string | null {
  const address = email?.trim().toLowerCase() ?? ''
  if (address === '') return null
  return createHmac('sha256', Buffer.from(hashKey, 'hex')).update(address).digest('hex')
}

function sexOf(sex: string | null): RedactedUser['sex'] {
  const word = sex?.trim().toLowerCase() ?? ''
  if (word === '') return null
  if (/^(f|female|w|woman|women|nữ)$/u.test(word)) return 'female'
  if (/^(m|male|man|men|nam)$/u.test(word)) return 'male'
  return 'other'
}

export function ageBandOf(birthdate: string | null, onDate: string): string | null {
  if (birthdate === null || !/^\d{4}-\d{2}-\d{2}$/u.test(birthdate)) return null
  const hadBirthday = onDate.slice(5) >= birthdate.slice(5)
  const age = Number(onDate.slice(0, 4)) - Number(birthdate.slice(0, 4)) - (hadBirthday ? 0 : 1)
  if (age < 0 || age > AGE_MAXIMUM) return null
  const index = BAND_STARTS.findLastIndex((start) => age >= start)
  if (index === -1) return '0-17'
  if (index === BAND_STARTS.length - 1) return `${BAND_STARTS[index]}+`
  return `${BAND_STARTS[index]}-${BAND_STARTS[index + 1] - 1}`
}

/**
 * The last part of an address that has several, without digits: the town or state in most countries' order. The first
 * part is never taken, and a part that does not look like a place's name gives nothing.
 */
export function regionOf(address: string | null): string | null {
  const parts = (address ?? '').split(/[,\n;]+/u).map((part) =>
    part
      .replaceAll(/\p{L}*\d[\p{L}\d-]*/gu, '')
      .replaceAll(/\s+/gu, ' ')
      .trim(),
  )
  const index = parts.findLastIndex((part) => part !== '')
  if (index < 1 || parts[index].length > REGION_CHARACTERS_MAXIMUM) return null
  return /^\p{L}[\p{L} .'’-]*$/u.test(parts[index]) ? parts[index] : null
}
