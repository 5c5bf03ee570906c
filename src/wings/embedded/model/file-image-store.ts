/**
 * embedded/model/file-image-store: the model image as one file.
 *
 * In: the image's bytes.
 * Out: the newest image that was written whole, or null.
 * Invariant: a crash while writing leaves the older image in place.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelImageStore } from '../../../parts/model/port.ts'

/** @param folder an existing folder */
export function fileImageStore(folder: string): ModelImageStore {
  const path = join(folder, 'model.image')
  return {
    async load() {
      try {
        return readFileSync(path)
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    async publish(image) {
      const fresh = `${path}.new`
      const file = openSync(fresh, 'w', 0o600)
      try {
        let written = 0
        while (written < image.byteLength) written += writeSync(file, image, written)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(fresh, path)
    },
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
