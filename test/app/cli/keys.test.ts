/**
 * test/app/cli/keys: the keys of a deployment, from its secret.
 *
 * In: the secret's text on standard input.
 * Out: one key a role.
 * Invariant: what is no secret is refused without being shown.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seededKeys } from '../../../src/parts/access/seeded-keys.ts'

const launcher = join(import.meta.dirname, '..', '..', '..', 'bin', 'hemline.js')
const keysOf = (input: string) =>
  spawnSync(process.execPath, [launcher, 'keys', '--json', '--secret', '-'], { input, encoding: 'utf8' })

test('shows the keys that the functions make of the same secret', () => {
  expect(JSON.parse(keysOf('{"seed":"of the shop"}').stdout)).toEqual(seededKeys('of the shop'))
})

test('refuses what is no secret, and does not repeat it', () => {
  const { status, stderr } = keysOf('{"sead":"of the shop"}')
  expect(status).toBe(2)
  expect(stderr).toMatch(/^HEM_CONFIG_INVALID --secret/)
  expect(stderr).not.toContain('of the shop')
})
