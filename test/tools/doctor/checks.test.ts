import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examine, type DoctorOptions } from '../../../src/tools/doctor/checks.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'hemline-doctor-'))

const healthy = (): DoctorOptions => ({
  nodeVersion: 'v24.21.0',
  dataFolder: folder(),
  host: '127.0.0.1',
  port: 0,
  isRunning: false,
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
})

const verdicts = async (options: DoctorOptions) =>
  Object.fromEntries((await examine(options)).map((finding) => [finding.check, finding.verdict]))

test('finds nothing bad on a healthy machine and leaves nothing behind', async () => {
  const parent = folder()
  const options = { ...healthy(), dataFolder: join(parent, 'new', 'data') }
  const found = await verdicts(options)
  expect(Object.values(found)).not.toContain('bad')
  expect(Object.keys(found)).toEqual(['node', 'folder', 'disk sync', 'port', 'clock'])
  expect(readdirSync(parent)).toEqual([])
})

test('names an old Node and a clock far in the past', async () => {
  const found = await verdicts({ ...healthy(), nodeVersion: 'v20.20.2', nowMs: () => performance.now() })
  expect(found).toMatchObject({ node: 'bad', clock: 'bad' })
})

test('says that a port is taken', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as { port: number }
  expect(await verdicts({ ...healthy(), port })).toMatchObject({ port: 'bad' })
  expect(await verdicts({ ...healthy(), port, isRunning: true })).toMatchObject({ port: 'good' })
  server.close()
})

test('says that the folder is a file', async () => {
  const file = join(folder(), 'file')
  writeFileSync(file, '')
  expect(await verdicts({ ...healthy(), dataFolder: file })).toMatchObject({ folder: 'bad', 'disk sync': 'bad' })
})
