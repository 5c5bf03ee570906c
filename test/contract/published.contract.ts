/**
 * published.contract: what every place for published objects must do.
 *
 * In: a way to open an empty place, twice.
 * Out: the same cases for each wing.
 * Invariant: a reader gets an object whole, and only where it is new to it.
 */
import { expect, test } from 'vitest'
import type { PublishedObjects } from '../../src/parts/serving/published.ts'

export function publishedContract(name: string, open: () => Promise<PublishedObjects>): void {
  test(`published objects ${name}: are nothing, then new, then unchanged`, async () => {
    const objects = await open()
    expect(await objects.read('shop', null)).toBeNull()
    const tag = await objects.replace('shop', Buffer.from('first'), null)
    const found = await objects.read('shop', null)
    expect(found).toMatchObject({ tag, bytes: expect.anything() as unknown })
    expect(found === null || found === 'unchanged' ? null : Buffer.from(found.bytes).toString()).toBe('first')
    expect(await objects.read('shop', tag)).toBe('unchanged')
    expect(await objects.read('catalogue', tag)).toBeNull()
  })

  test(`published objects ${name}: take the place of the one that was read, and of no other`, async () => {
    const objects = await open()
    const first = await objects.replace('shop', Buffer.from('first'), null)
    expect(await objects.replace('shop', Buffer.from('other'), null)).toBeNull()
    const second = await objects.replace('shop', Buffer.from('second'), first)
    expect(second).not.toBeNull()
    expect(await objects.replace('shop', Buffer.from('late'), first)).toBeNull()
    expect(await objects.read('shop', first)).toMatchObject({ tag: second })
  })

  test(`published objects ${name}: let one of many at once win`, async () => {
    const objects = await open()
    const tags = await Promise.all(
      Array.from({ length: 20 }, (_, nth) => objects.replace('shop', Buffer.from(`${nth}`), null)),
    )
    expect(tags.filter((tag) => tag !== null)).toHaveLength(1)
  })
}
