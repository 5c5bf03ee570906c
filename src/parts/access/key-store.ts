/**
 * access/key-store: where a shop's keys rest.
 *
 * In: a key someone sent.
 * Out: its role; the keys in force; new keys.
 * Invariant: the admin key is never stored, only its digest, and is shown once.
 */
import type { KeyRole } from './roles.ts'

export interface IssuedKey {
  readonly role: KeyRole
  readonly key: string
}

export interface KeyStore {
  /**
   * Role of a key, or null where it is none of ours.
   *
   * @param isLocal whether the call came from this machine; the demo's key is valid only there
   */
  roleOf(key: string, isLocal: boolean): KeyRole | null
  /** Keys in force; the admin key is null, since only its digest is kept. */
  list(): readonly { readonly role: KeyRole; readonly key: string | null }[]
  /** Replaces the role's key; the old one is refused from then on. */
  rotate(role: KeyRole): IssuedKey
}
