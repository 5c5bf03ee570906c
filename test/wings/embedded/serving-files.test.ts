import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareServingFolder, sealServingFolder } from '../../../src/wings/embedded/serving/serving-files.ts'

const opened = () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'hemline-serving-')), 'serving')
  prepareServingFolder(folder, 'boot 1')
  writeFileSync(join(folder, 'data.mdb'), 'pages')
  return folder
}
const pagesOf = (folder: string) => existsSync(join(folder, 'data.mdb'))

test('keeps the pages when only the process was killed', () => {
  const folder = opened()
  expect(prepareServingFolder(folder, 'boot 1')).toBe(false)
  expect(pagesOf(folder)).toBe(true)
})

test('throws the pages away when the machine went down while they were open', () => {
  const folder = opened()
  expect(prepareServingFolder(folder, 'boot 2')).toBe(true)
  expect(pagesOf(folder)).toBe(false)
})

test('keeps pages that were sealed before the machine went down', () => {
  const folder = opened()
  sealServingFolder(folder, 'boot 1')
  expect(prepareServingFolder(folder, 'boot 2')).toBe(false)
  expect(pagesOf(folder)).toBe(true)
  expect(prepareServingFolder(folder, 'boot 3')).toBe(true)
})
