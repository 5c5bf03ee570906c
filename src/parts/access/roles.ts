/**
 * access/roles: what each key may do.
 *
 * In: the role a call needs, the role a key has.
 * Out: yes or no.
 * Invariant: write is append only; admin alone reaches SQL, erasure and keys.
 */
export const KEY_ROLES = ['write', 'read', 'server', 'admin'] as const
export type KeyRole = (typeof KEY_ROLES)[number]

/** Roles whose calls a key of the role may make: a server key also sends and reads, an admin key does all. */
const REACH: Readonly<Record<KeyRole, readonly KeyRole[]>> = {
  write: ['write'],
  read: ['read'],
  server: ['write', 'read', 'server'],
  admin: ['write', 'read', 'server', 'admin'],
}

export function reaches(held: KeyRole, needed: KeyRole): boolean {
  return REACH[held].includes(needed)
}
