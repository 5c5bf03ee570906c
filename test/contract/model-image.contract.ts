/**
 * test/contract/model-image: what every store of the model image must do.
 *
 * In: a way to open an empty store twice, and whether several processes may share it.
 * Out: one test for each promise of the port.
 * Invariant: whoever loads gets one image whole, or none.
 */
import { describe, expect, test } from 'vitest'
import type { ModelImageStore, SharedImageStore } from '../../src/parts/model/port.ts'

export interface StoresUnderTest<Store> {
  readonly store: Store
  /** Another process' view of the same image. */
  readonly other: Store
}

/** Longer than one range of the stores under test. */
function image(fill: number): Uint8Array {
  return Uint8Array.from({ length: 1000 + fill }, (_, index) => (index * 7 + fill) % 256)
}

export function modelImageContract(title: string, open: () => Promise<StoresUnderTest<ModelImageStore>>): void {
  describe(`model image: ${title}`, () => {
    test('has none before one is published', async () => {
      const { store } = await open()
      expect(await store.load()).toBeNull()
    })

    test('gives the image that was published last, to every process', async () => {
      const { store, other } = await open()
      await store.publish(image(1))
      await store.publish(image(2))
      expect(Buffer.from((await other.load()) ?? []).equals(image(2))).toBe(true)
    })

    test('goes on from the image that it loaded', async () => {
      const { store, other } = await open()
      await store.publish(image(1))
      await other.load()
      await other.publish(image(2))
      expect(Buffer.from((await store.load()) ?? []).equals(image(2))).toBe(true)
    })
  })
}

export function sharedImageContract(title: string, open: () => Promise<StoresUnderTest<SharedImageStore>>): void {
  describe(`shared model image: ${title}`, () => {
    test('tells whether there is a newer image than the one it has', async () => {
      const { store, other } = await open()
      expect(await other.hasChanged()).toBe(false)
      await store.publish(image(1))
      expect([await store.hasChanged(), await other.hasChanged()]).toEqual([false, true])
      await other.load()
      expect(await other.hasChanged()).toBe(false)
    })

    test('refuses a writer who has not seen what another published, and keeps that', async () => {
      const { store, other } = await open()
      await store.publish(image(1))
      await expect(other.publish(image(2))).rejects.toMatchObject({ code: 'HEM_MODEL_IMAGE_SUPERSEDED' })
      await other.load()
      await store.publish(image(3))
      await expect(other.publish(image(4))).rejects.toMatchObject({ code: 'HEM_MODEL_IMAGE_SUPERSEDED' })
      expect(Buffer.from((await other.load()) ?? []).equals(image(3))).toBe(true)
    })
  })
}
