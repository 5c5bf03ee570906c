/**
 * embedded/access/key-file: the shop's keys in one file of the data folder.
 *
 * In: the file `keys.json`, readable by its owner only, made at the first start.
 * Out: a key store that sees within a second what another process changed.
 * Invariant: the file is replaced as a whole; of the admin key it holds the digest only.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { digestOf, formatKey, isSameDigest } from '../../../parts/access/key-digest.ts'
import type { IssuedKey, KeyStore } from '../../../parts/access/key-store.ts'
import type { KeyRole } from '../../../parts/access/roles.ts'
import type { Clock } from '../../../std/clock.ts'
import { HemlineError } from '../../../std/errors.ts'

export const KEY_FILE_NAME = 'keys.json'
/** Valid from this machine only, and only where the demo runs. */
const DEMO_KEY = 'demo'

const FORMAT_VERSION = 1
const OWNER_ONLY = 0o600
const KEY_RANDOM_BYTES = 24
const RECHECK_MS = 1000
const OPEN_ROLES = ['write', 'read', 'server'] as const

export interface KeyFileOptions {
  readonly folder: string
  readonly randomBytes: (count: number) => Uint8Array
  readonly clock: Clock
  /** Whether the key "demo" sends, reads and changes the catalogue. */
  readonly allowDemoKey: boolean
}

export interface KeyFile extends KeyStore {
  /** The admin key where this start made it, to be shown once; else null. */
  readonly freshAdminKey: string | null
}

interface StoredKeys {
  readonly version: number
  readonly write: string
  readonly read: string
  readonly server: string
  /** SHA-256, hexadecimal. */
  readonly admin_sha256: string
}

/** @throws HEM_KEY_FILE_INVALID */
export function openKeyFile(options: KeyFileOptions): KeyFile {
  const path = join(options.folder, KEY_FILE_NAME)
  const newKey = (role: KeyRole) => formatKey(role, options.randomBytes(KEY_RANDOM_BYTES))
  const freshAdminKey = existsSync(path) ? null : newKey('admin')
  if (freshAdminKey !== null) {
    mkdirSync(options.folder, { recursive: true })
    writeKeys(path, {
      version: FORMAT_VERSION,
      write: newKey('write'),
      read: newKey('read'),
      server: newKey('server'),
      admin_sha256: digestOf(freshAdminKey).toString('hex'),
    })
  }
  const current = watchKeys(path, options.clock)
  return {
    freshAdminKey,
    roleOf(key, isLocal) {
      const { digests, seen } = current()
      const role = seen.get(key)
      if (role !== undefined) return role
      const digest = digestOf(key)
      const found = digests.find((known) => isSameDigest(known.digest, digest))
      if (found !== undefined) {
        seen.set(key, found.role)
        return found.role
      }
      const isDemo = options.allowDemoKey && isLocal && isSameDigest(digest, digestOf(DEMO_KEY))
      return isDemo ? 'server' : null
    },
    list() {
      const { keys } = current()
      return [...OPEN_ROLES.map((role) => ({ role, key: keys[role] })), { role: 'admin', key: null }]
    },
    rotate(role): IssuedKey {
      const key = newKey(role)
      const { keys } = current(true)
      const changed = role === 'admin' ? { admin_sha256: digestOf(key).toString('hex') } : { [role]: key }
      writeKeys(path, { ...keys, ...changed })
      current(true)
      return { role, key }
    },
  }
}

interface LoadedKeys {
  readonly keys: StoredKeys
  readonly digests: readonly { readonly role: KeyRole; readonly digest: Buffer }[]
  /** Keys that were right before, so that only the first of a thousand requests is digested. At most one a role. */
  readonly seen: Map<string, KeyRole>
}

/** The keys in the file; looks for a change at most once a second, or at once when told to. */
function watchKeys(path: string, clock: Clock): (atOnce?: boolean) => LoadedKeys {
  let loaded = loadKeys(path)
  let version = versionOf(path)
  let checkedMs = clock.nowMs()
  return (atOnce = false) => {
    const nowMs = clock.nowMs()
    if (!atOnce && Math.abs(nowMs - checkedMs) < RECHECK_MS) return loaded
    checkedMs = nowMs
    const newest = versionOf(path)
    if (newest !== version) {
      loaded = loadKeys(path)
      version = newest
    }
    return loaded
  }
}

function versionOf(path: string): string {
  const { ino, mtimeMs } = statSync(path)
  return `${ino}:${mtimeMs}`
}

function loadKeys(path: string): LoadedKeys {
  let keys: StoredKeys
  try {
    keys = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw invalidFile('JSON', 'something else', cause)
  }
  if (keys.version !== FORMAT_VERSION) throw invalidFile(`version ${FORMAT_VERSION}`, `version ${keys.version}`)
  const missing = OPEN_ROLES.find((role) => typeof keys[role] !== 'string' || keys[role] === '')
  if (missing !== undefined) throw invalidFile(`a ${missing} key`, 'none')
  if (!/^[\da-f]{64}$/.test(keys.admin_sha256)) throw invalidFile('the digest of an admin key', 'none')
  const digests: { role: KeyRole; digest: Buffer }[] = OPEN_ROLES.map((role) => ({
    role,
    digest: digestOf(keys[role]),
  }))
  const admin = { role: 'admin' as const, digest: Buffer.from(keys.admin_sha256, 'hex') }
  return { keys, digests: [...digests, admin], seen: new Map() }
}

/** Writes beside, then renames, so that a crash leaves the old file or the new one. */
function writeKeys(path: string, keys: StoredKeys): void {
  const beside = `${path}.new`
  const file = openSync(beside, 'w', OWNER_ONLY)
  try {
    writeSync(file, `${JSON.stringify(keys, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function invalidFile(expected: string, got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_KEY_FILE_INVALID', {
    subject: KEY_FILE_NAME,
    expected,
    got,
    remedy: 'restore it, or delete it and let the next start make new keys',
    cause,
  })
}
