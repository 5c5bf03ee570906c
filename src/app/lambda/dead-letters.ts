/**
 * lambda/dead-letters: keeps what a consumer of the stream could not use.
 *
 * In: a record as it came, and why it failed.
 * Out: one object a record, under its place in the stream.
 * Invariant: kept once, however often it is given; it resolves when it is kept.
 */
import type { FileStore } from '../../parts/lake/port.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'

interface RawRecord {
  readonly shard: string
  readonly sequenceNumber: string
  readonly data: Buffer
}

export type KeepDeadLetter = (raw: RawRecord, fault: unknown) => Promise<void>

/** @param folder such as "dead-letter/recommend" */
export function deadLettersIn(files: FileStore, folder: string): KeepDeadLetter {
  return async ({ shard, sequenceNumber, data }, fault) => {
    const letter = {
      shard,
      sequence_number: sequenceNumber,
      code: fault instanceof HemlineError ? fault.code : 'HEM_INTERNAL',
      message: messageOf(fault),
      data: data.toString('base64'),
    }
    try {
      await files.write(`${folder}/${shard}/${sequenceNumber}.json`, Buffer.from(JSON.stringify(letter)))
    } catch (error) {
      if (error instanceof HemlineError && error.code === 'HEM_LAKE_FILE_EXISTS') return
      throw error
    }
  }
}
