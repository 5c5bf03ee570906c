/**
 * test/contract/file-store: what every file store of the lake must do.
 *
 * In: a way to open an empty store.
 * Out: one test for each promise of the port.
 * Invariant: a file is whole or absent, and is never overwritten.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileStore } from '../../src/parts/lake/port.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (read: Uint8Array) => new TextDecoder().decode(read)

export function fileStoreContract(title: string, open: () => Promise<FileStore>): void {
  describe(`file store: ${title}`, () => {
    test('reads back what was written, under folders that did not exist', async () => {
      const files = await open()
      await files.write('clean/orders/metadata/a.avro', bytes('first'))
      expect(text(await files.read('clean/orders/metadata/a.avro'))).toBe('first')
    })

    test('refuses to write a file that is there, and keeps it', async () => {
      const files = await open()
      await files.write('clean/a', bytes('first'))
      await expect(files.write('clean/a', bytes('second'))).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_EXISTS' })
      expect(text(await files.read('clean/a'))).toBe('first')
    })

    test('lets one of two writers of one name win', async () => {
      const files = await open()
      const writes = await Promise.allSettled([files.write('clean/a', bytes('x')), files.write('clean/a', bytes('y'))])
      expect(writes.filter((write) => write.status === 'fulfilled')).toHaveLength(1)
    })

    test('says which file is missing', async () => {
      const files = await open()
      await expect(files.read('clean/none')).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_MISSING' })
      await expect(files.localPath('clean/none')).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_MISSING' })
    })

    test('lists every file below a folder with its size and time, and no other', async () => {
      const files = await open()
      await files.write('clean/orders/data/day=1/a', bytes('four'))
      await files.write('clean/orders/metadata/b', bytes('sevenll'))
      await files.write('clean/orders_too/c', bytes('other'))
      const listed = [...(await files.list('clean/orders'))].sort((a, b) => a.path.localeCompare(b.path))
      expect(listed.map((file) => [file.path, file.bytes, file.modifiedMs > 0])).toEqual([
        ['clean/orders/data/day=1/a', 4, true],
        ['clean/orders/metadata/b', 7, true],
      ])
      expect(await files.list('nowhere')).toEqual([])
    })

    test('deletes a file, and a missing one without complaint', async () => {
      const files = await open()
      await files.write('clean/a', bytes('first'))
      await files.delete('clean/a')
      await files.delete('clean/a')
      expect(await files.list('clean')).toEqual([])
    })

    test('adopts a staged file once and gives a local path to it', async () => {
      const files = await open()
      const folder = await files.stagingFolder()
      writeFileSync(join(folder, 'rows'), 'rows')
      await files.adopt(join(folder, 'rows'), 'clean/orders/data/rows')
      expect(readFileSync(await files.localPath('clean/orders/data/rows'), 'utf8')).toBe('rows')
      writeFileSync(join(folder, 'again'), 'again')
      const second = files.adopt(join(folder, 'again'), 'clean/orders/data/rows')
      await expect(second).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_EXISTS' })
      await files.dropStaging(folder)
      expect(text(await files.read('clean/orders/data/rows'))).toBe('rows')
    })

    test('gives each staging folder to one caller and lists none of them', async () => {
      const files = await open()
      expect(await files.stagingFolder()).not.toBe(await files.stagingFolder())
      expect(await files.list('clean')).toEqual([])
    })

    test('names files by their path below one root', async () => {
      const files = await open()
      expect(files.location('clean/orders')).toBe(`${files.location('clean')}/orders`)
    })
  })
}
