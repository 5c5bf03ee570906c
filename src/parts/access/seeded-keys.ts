/**
 * access/seeded-keys: all keys of a shop from one secret, for where no file can be kept.
 *
 * In: a seed that nobody but the shop knows.
 * Out: a key for each role, and the key of the hashes of persons.
 * Invariant: the same seed gives the same keys; no key tells anything of the seed or of another key.
 */
import { createHmac } from 'node:crypto'
import { digestOf, formatKey, isSameDigest } from './key-digest.ts'
import type { IssuedKey, KeyStore } from './key-store.ts'
import { KEY_ROLES } from './roles.ts'

const KEY_BYTES = 24

export function seededKeys(seed: string): readonly IssuedKey[] {
  return KEY_ROLES.map((role) => ({ role, key: formatKey(role, derived(seed, `key ${role}`).subarray(0, KEY_BYTES)) }))
}

/** The keys as `createAuthorize` asks for them. */
export function seededKeyStore(seed: string): Pick<KeyStore, 'roleOf'> {
  const digests = seededKeys(seed).map(({ role, key }) => ({ role, digest: digestOf(key) }))
  return {
    roleOf(key) {
      const digest = digestOf(key)
      return digests.find((known) => isSameDigest(known.digest, digest))?.role ?? null
    },
  }
}

/** Hexadecimal, 32 bytes: what pseudonyms of persons are made with. */
export function seededHashKey(seed: string): string {
  return derived(seed, 'hash of persons').toString('hex')
}

function derived(seed: string, purpose: string): Buffer {
  return createHmac('sha256', seed).update(purpose).digest()
}
