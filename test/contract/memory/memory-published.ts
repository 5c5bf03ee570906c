/** memory-published: published objects in a Map, as the contract's simplest reading. */
import type { PublishedObject, PublishedObjects } from '../../../src/parts/serving/published.ts'

export function createMemoryPublished(): PublishedObjects {
  const objects = new Map<string, PublishedObject>()
  let versions = 0
  return {
    async read(name, knownTag) {
      const object = objects.get(name) ?? null
      return object !== null && object.tag === knownTag ? 'unchanged' : object
    },
    async replace(name, bytes, instead) {
      if ((objects.get(name)?.tag ?? null) !== instead) return null
      const tag = `v${++versions}`
      objects.set(name, { bytes, tag })
      return tag
    },
  }
}
