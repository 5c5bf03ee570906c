import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareServingFolder, sealServingFolder } from '../../../src/wings/embedded/serving/serving-files.ts'

const noBase = () => undefined
const opened = () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'hemline-serving-')), 'serving')
  prepareServingFolder(folder, 'boot 1', noBase)
  writeFileSync(join(folder, 'data.mdb'), 'pages')
  return folder
}
const pagesOf = (folder: string) => existsSync(join(folder, 'data.mdb'))

test('keeps the pages when only the process was killed', () => {
  const folder = opened()
  expect(prepareServingFolder(folder, 'boot 1', noBase)).toBe(false)
  expect(pagesOf(folder)).toBe(true)
})

test('throws the pages away when the machine went down while they were open', () => {
  const folder = opened()
  expect(prepareServingFolder(folder, 'boot 2', noBase)).toBe(true)
  expect(pagesOf(folder)).toBe(false)
})

test('keeps pages that were sealed before the machine went down', () => {
  const folder = opened()
  sealServingFolder(folder, 'boot 1')
  expect(prepareServingFolder(folder, 'boot 2', noBase)).toBe(false)
  expect(pagesOf(folder)).toBe(true)
  expect(prepareServingFolder(folder, 'boot 3', noBase)).toBe(true)
})

test('begins with the files of the base where its own are lost, and where it is new', () => {
  const layOut = (to: string) => writeFileSync(join(to, 'data.mdb'), 'older pages')
  const folder = opened()
  expect(prepareServingFolder(folder, 'boot 2', layOut)).toBe(true)
  expect(readFileSync(join(folder, 'data.mdb'), 'utf8')).toBe('older pages')
  const fresh = join(folder, 'fresh')
  expect(prepareServingFolder(fresh, 'boot 2', layOut)).toBe(false)
  expect(pagesOf(fresh)).toBe(true)
})
