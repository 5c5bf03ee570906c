/**
 * test/contract/model-image: the suite, in a folder and on S3.
 *
 * In: nothing.
 * Out: the contract's cases for each wing, and what S3 alone can do wrong.
 * Invariant: every wing keeps the same promises.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SharedImageStore } from '../../src/parts/model/port.ts'
import { openS3ModelImages } from '../../src/wings/aws/model/image-store.ts'
import { fileImageStore } from '../../src/wings/embedded/model/file-image-store.ts'
import { nth, type FakeFault, type FakeRequest } from './aws/fake-server.ts'
import { SLOW_DOWN, startS3Fake, type S3Fake } from './aws/s3-fake.ts'
import { modelImageContract, sharedImageContract } from './model-image.contract.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-images-'))
let s3: S3Fake
let images = 0
beforeAll(async () => {
  s3 = await startS3Fake()
})
afterAll(async () => {
  await s3.close()
  rmSync(root, { recursive: true, force: true })
})

modelImageContract('embedded', async () => {
  const folder = mkdtempSync(join(root, 'image-'))
  return { store: fileImageStore(folder), other: fileImageStore(folder) }
})
modelImageContract('aws', openShared)
sharedImageContract('aws', openShared)

async function openShared(): Promise<{ store: SharedImageStore; other: SharedImageStore }> {
  s3.fault = () => null
  const key = `model/${images++}.image`
  const open = () => openS3ModelImages({ access: s3.access, bucket: 'b', key, entropy: randomBytes, rangeBytes: 300 })
  return { store: open(), other: open() }
}

const isPut = ({ method }: FakeRequest) => method === 'PUT'

test.each<[string, FakeFault]>([
  ['the answer is lost', 'lost'],
  ['it is never heard', 'unheard'],
  ['S3 asks to slow down', SLOW_DOWN],
])('is published once when %s', async (_title, fault) => {
  const { store, other } = await openShared()
  await store.publish(Buffer.from('first'))
  s3.fault = nth(1, isPut, fault)
  await store.publish(Buffer.from('second'))
  expect(Buffer.from((await other.load()) ?? []).toString()).toBe('second')
  expect(await store.hasChanged()).toBe(false)
  await store.publish(Buffer.from('third'))
})

test('lets one of forty writers win, and tells the others', async () => {
  const { store } = await openShared()
  await store.publish(Buffer.from('base'))
  const key = `model/${images - 1}.image`
  const writers = Array.from({ length: 40 }, () =>
    openS3ModelImages({ access: s3.access, bucket: 'b', key, entropy: randomBytes }),
  )
  await Promise.all(writers.map((writer) => writer.load()))
  const outcomes = await Promise.allSettled(writers.map((writer, index) => writer.publish(Buffer.from(`by ${index}`))))
  const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
  expect(winners).toHaveLength(1)
  expect(Buffer.from((await store.load()) ?? []).toString()).toBe(`by ${winners[0]}`)
})

test('reads one image whole although another is published between two of its ranges', async () => {
  const { store, other } = await openShared()
  await store.publish(Buffer.alloc(1000, 'a'))
  let ranges = 0
  s3.fault = ({ method }) => {
    // From the second range on, the object is already the newer one.
    if (method === 'GET' && ++ranges === 2) {
      const [path, object] = [...s3.objects].at(-1) ?? []
      if (path !== undefined && object !== undefined)
        s3.objects.set(path, { ...object, bytes: Buffer.alloc(1000, 'b'), etag: '"newer"' })
    }
    return null
  }
  expect(Buffer.from((await other.load()) ?? []).equals(Buffer.alloc(1000, 'b'))).toBe(true)
})
