/**
 * test/contract/stream.test: runs the stream's suite against memory and LMDB.
 *
 * In: temporary folders.
 * Out: the contract, once for each adapter.
 * Invariant: both pass the same suite.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStreamReader } from '../../src/wings/embedded/stream/lmdb-reader.ts'
import { openStreamWriter } from '../../src/wings/embedded/stream/lmdb-writer.ts'
import { memoryStream } from './memory/memory-stream.ts'
import { streamContract } from './stream.contract.ts'

streamContract('memory', async (clock) => {
  const { writer, reader } = memoryStream(clock)
  return { writer, reader: reader(), close: async () => {} }
})

streamContract('LMDB', async (clock) => {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-stream-'))
  const writer = await openStreamWriter({ folder, clock, randomBytes, minFreeBytes: 0 })
  const reader = openStreamReader({ folder, doorbell: writer.doorbell.memory })
  return {
    writer,
    reader,
    close: async () => {
      await reader.close()
      await writer.close()
      rmSync(folder, { recursive: true })
    },
  }
})
