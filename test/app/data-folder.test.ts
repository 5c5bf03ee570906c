import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataPaths, findOwner, lockFolder } from '../../src/app/data-folder.ts'

test('lets one process own a folder, and the next one once it is released', async () => {
  const root = join(mkdtempSync(join(tmpdir(), 'hemline-lock-')), 'data')
  const lock = await lockFolder(root)
  await expect(lockFolder(root)).rejects.toThrow(/HEM_DATA_FOLDER_IN_USE .*HEMLINE_DATA/)
  expect(await findOwner(root)).toBeNull()
  lock.announce({ pid: 1, url: 'http://127.0.0.1:1', token: 't' })
  expect(await findOwner(root)).toEqual({ pid: 1, url: 'http://127.0.0.1:1', token: 't' })
  expect(statSync(dataPaths(root).serverFile).mode & 0o777).toBe(0o600)
  await lock.release()
  expect(await findOwner(root)).toBeNull()
  await (await lockFolder(root)).release()
})
