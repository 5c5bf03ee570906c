/**
 * access/authorize: lets a call through when its key reaches far enough.
 *
 * In: a request, the role its call needs, the address it came from.
 * Out: nothing, or a coded error.
 * Invariant: the key is never part of an error or a log.
 */
import { HemlineError } from '../../std/errors.ts'
import type { KeyStore } from './key-store.ts'
import { reaches, type KeyRole } from './roles.ts'

const MAX_KEY_CHARACTERS = 256
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** @throws HEM_KEY_MISSING, HEM_KEY_WRONG, HEM_KEY_FORBIDDEN */
export type Authorize = (request: Request, role: KeyRole) => void

/** @param addressOf the caller's address, or null where unknown */
export function createAuthorize(
  keys: Pick<KeyStore, 'roleOf'>,
  addressOf: (request: Request) => string | null,
): Authorize {
  return (request, role) => {
    const key = keyOf(request)
    if (key === null) throw keyMissing(role)
    const held = key.length > MAX_KEY_CHARACTERS ? null : keys.roleOf(key, isLocal(request, addressOf(request)))
    if (held === null) throw keyWrong()
    if (!reaches(held, role)) throw keyForbidden(held, role)
  }
}

/** The key of a request: the header where there is one, else `?key=`, for what can set no header. */
export function keyOf(request: Request): string | null {
  const header = request.headers.get('authorization')
  if (header !== null) return /^bearer +(\S+) *$/i.exec(header)?.[1] ?? ''
  const at = request.url.indexOf('?')
  return at === -1 ? null : new URLSearchParams(request.url.slice(at + 1)).get('key')
}

/** Whether a call came from this machine itself, and not through a proxy on it. */
function isLocal(request: Request, address: string | null): boolean {
  if (address === null || FORWARDING_HEADERS.some((name) => request.headers.has(name))) return false
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address)
}

function keyMissing(role: KeyRole): HemlineError {
  return new HemlineError('HEM_KEY_MISSING', {
    subject: 'the call',
    expected: `a ${role} key`,
    got: 'none',
    remedy: 'send "Authorization: Bearer KEY" or ?key=KEY; "hemline keys" shows the keys',
  })
}

function keyWrong(): HemlineError {
  return new HemlineError('HEM_KEY_WRONG', {
    subject: 'the key',
    expected: 'a key of this shop',
    got: 'another one',
    remedy: 'copy it from "hemline keys"; the key "demo" works only in the demo and from this machine',
  })
}

function keyForbidden(held: KeyRole, role: KeyRole): HemlineError {
  return new HemlineError('HEM_KEY_FORBIDDEN', {
    subject: 'the key',
    expected: `role ${role}`,
    got: `role ${held}`,
    remedy: `use a key of role ${role}`,
  })
}
