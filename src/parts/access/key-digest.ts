/**
 * access/key-digest: compares keys without telling by the time taken how much of a guess was right.
 *
 * In: keys as text.
 * Out: digests, and whether two are the same.
 * Invariant: only digests of equal length are compared, in constant time.
 */
import { hash, timingSafeEqual } from 'node:crypto'

const PREFIX = 'hem'

export function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

export function isSameDigest(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A new key, such as "hem_write_3q2-7w…". @param random at least 24 bytes */
export function formatKey(role: string, random: Uint8Array): string {
  return `${PREFIX}_${role}_${Buffer.from(random).toString('base64url')}`
}
