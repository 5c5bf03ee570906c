/**
 * embedded/stream/lmdb-trimmer: the old end of the stream, from where records are removed.
 *
 * In: the stream's folder.
 * Out: its oldest records, its size, and their removal.
 * Invariant: pages of removed records are used again, so the file stops growing; it never shrinks.
 */
import { decodeStored } from '../../../parts/stream/codec.ts'
import { embeddedPosition } from '../../../parts/stream/position.ts'
import type { TrimmableLog } from '../../../parts/stream/retention.ts'
import { keyOf, newestSequence, openStreamFiles, sequenceOf } from './lmdb-files.ts'

export interface StreamTrimmer extends TrimmableLog {
  /** Copies the stream as of one moment, without room that is free, into an existing folder. */
  copyTo(folder: string): Promise<void>
  close(): Promise<void>
}

interface TableStats {
  readonly pageSize: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
}

export function openStreamTrimmer(folder: string): StreamTrimmer {
  const files = openStreamFiles(folder)
  const { environment, records } = files
  return {
    oldest(limit) {
      environment.resetReadTxn()
      const oldest = [...records.getRange({ limit })].map(({ key, value }) => {
        const position = embeddedPosition(sequenceOf(key))
        return { position, record: decodeStored(value, `sequence number ${position.sequence_number}`) }
      })
      // Held longer, the view would keep the pages of removed records from being used again.
      environment.resetReadTxn()
      return oldest
    },
    bytes() {
      environment.resetReadTxn()
      const stats = records.getStats() as TableStats
      return (stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages) * stats.pageSize
    },
    newest() {
      const sequence = newestSequence(files)
      return sequence === 0 ? null : embeddedPosition(sequence)
    },
    async removeUpTo({ sequence_number: last }) {
      environment.resetReadTxn()
      const keys = [...records.getKeys({ end: keyOf(Number(last) + 1) })]
      await Promise.all(keys.map((key) => records.remove(key)))
    },
    copyTo: (folder) => environment.backup(folder, true),
    close: () => environment.close(),
  }
}
