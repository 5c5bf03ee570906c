/**
 * backup/copy-file: one file copied, and its SHA-256 on the way.
 *
 * In: a path to read, and perhaps one to write.
 * Out: how many bytes there were, and their SHA-256.
 * Invariant: what is written is on disk when it resolves; memory is flat, however large the file.
 */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const CHUNK_BYTES = 1024 * 1024

export interface CopiedFile {
  readonly bytes: number
  readonly sha256: string
}

/** @param to must not exist yet; null only reads */
export async function copyFile(from: string, to: string | null): Promise<CopiedFile> {
  const source = await open(from, 'r')
  const target = to === null ? null : await open(to, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    const chunk = Buffer.alloc(CHUNK_BYTES)
    for (let bytes = 0; ;) {
      const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES, bytes)
      if (bytesRead === 0) {
        await target?.sync()
        return { bytes, sha256: hash.digest('hex') }
      }
      const read = chunk.subarray(0, bytesRead)
      hash.update(read)
      await target?.writeFile(read)
      bytes += bytesRead
    }
  } finally {
    await source.close()
    await target?.close()
  }
}
