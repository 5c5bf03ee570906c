/**
 * test/wings/embedded/access/key-file.test: the shop's keys in their file.
 *
 * In: a temporary folder.
 * Out: roles, rotation, what lies on disk.
 * Invariant: the admin key is nowhere on disk.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAuthorize } from '../../../../src/parts/access/authorize.ts'
import { manualClock } from '../../../../src/std/clock.ts'
import { openKeyFile } from '../../../../src/wings/embedded/access/key-file.ts'

const clock = manualClock(0)
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const open = (allowDemoKey = false) => openKeyFile({ folder, clock, randomBytes, allowDemoKey })
const path = () => join(folder, 'keys.json')

test('makes keys at the first start, for the owner alone, and shows the admin key once', () => {
  const first = open()
  expect(statSync(path()).mode & 0o777).toBe(0o600)
  expect(first.freshAdminKey).toMatch(/^hem_admin_[\w-]{32}$/)
  expect(readFileSync(path(), 'utf8')).not.toContain(first.freshAdminKey)
  expect(first.roleOf(first.freshAdminKey ?? '', false)).toBe('admin')
  const second = open()
  expect(second.freshAdminKey).toBeNull()
  expect(second.list()).toEqual(first.list())
  for (const { role, key } of second.list()) if (key !== null) expect(second.roleOf(key, false)).toBe(role)
  expect(second.roleOf('', true)).toBeNull()
})

test('refuses the old key once another process has rotated it', () => {
  const [ours, theirs] = [open(), open()]
  const [old] = ours.list()
  const { key } = theirs.rotate('write')
  clock.advance(1000)
  expect(ours.roleOf(key, false)).toBe('write')
  expect(ours.roleOf(old.key ?? '', false)).toBeNull()
  const admin = theirs.rotate('admin')
  expect(readFileSync(path(), 'utf8')).not.toContain(admin.key)
  expect(theirs.roleOf(admin.key, false)).toBe('admin')
})

test('takes the demo key only where it is allowed and only from this machine, and never for admin', () => {
  expect(open().roleOf('demo', true)).toBeNull()
  const demo = open(true)
  expect(demo.roleOf('demo', true)).toBe('server')
  expect(demo.roleOf('demo', false)).toBeNull()
  const from = (address: string | null, headers: Record<string, string> = {}) => {
    const authorize = createAuthorize(demo, () => address)
    const request = new Request('http://shop/v1/sql?key=demo', { headers })
    return (role: 'read' | 'admin') => () => authorize(request, role)
  }
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect(from(address)('read')).not.toThrow()
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '1270.0.0.1', null]) {
    expect(from(address)('read')).toThrow('HEM_KEY_WRONG')
  }
  expect(from('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' })('read')).toThrow('HEM_KEY_WRONG')
  expect(from('127.0.0.1')('admin')).toThrow('HEM_KEY_FORBIDDEN')
})

test('lets each role do what it may and no more', () => {
  const keys = open()
  const key = Object.fromEntries(keys.list().map((entry) => [entry.role, entry.key ?? keys.rotate('admin').key]))
  const authorize = createAuthorize(keys, () => null)
  const may = (holder: string, role: 'write' | 'read' | 'server' | 'admin') => {
    try {
      authorize(new Request('http://shop/', { headers: { authorization: `Bearer ${key[holder]}` } }), role)
      return true
    } catch {
      return false
    }
  }
  const table = ['write', 'read', 'server', 'admin'].map((holder) =>
    (['write', 'read', 'server', 'admin'] as const).filter((role) => may(holder, role)).join(' '),
  )
  expect(table).toEqual(['write', 'read', 'write read server', 'write read server admin'])
})

test.each(['not json', '{"version":9}', '{"version":1,"write":"a","read":"b"}'])('refuses the file %s', (content) => {
  writeFileSync(path(), content)
  expect(() => open()).toThrow('HEM_KEY_FILE_INVALID')
})
