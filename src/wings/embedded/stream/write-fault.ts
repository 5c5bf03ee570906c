/**
 * embedded/stream/write-fault: why a write failed, and whether writing may go on.
 *
 * In: what LMDB threw; the free space of the disk.
 * Out: a coded error.
 * Invariant: only a full disk is survived; after any other fault the file cannot be trusted to take more.
 */
import { statfsSync } from 'node:fs'
import { HemlineError } from '../../../std/errors.ts'

/** Below this nothing more is appended, so that checkpoints and slates can still be written. */
export const MIN_FREE_BYTES = 64 * 1024 * 1024

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

export function diskFull(minFreeBytes: number, free: number, cause?: unknown): HemlineError {
  return new HemlineError('HEM_STREAM_DISK_FULL', {
    subject: "the stream's disk",
    expected: `at least ${Math.ceil(minFreeBytes / 2 ** 20)} MiB free`,
    got: `${Math.floor(free / 2 ** 20)} MiB`,
    remedy: 'make room; writing resumes by itself',
    cause,
  })
}

export function writeFailed(cause: unknown): HemlineError {
  return new HemlineError('HEM_STREAM_WRITE_FAILED', {
    subject: 'the stream',
    expected: 'the disk to take a write',
    got: 'a fault',
    remedy: 'check the disk, then start Hemline again; acknowledged events are safe',
    cause,
  })
}

/** LMDB's promise of details must be heard, or Node ends the process. */
export async function causeOf(thrown: unknown): Promise<unknown> {
  const details = (thrown as { readonly commitError?: Promise<unknown> }).commitError
  if (details === undefined) return thrown
  try {
    await details
    return thrown
  } catch (cause) {
    return cause
  }
}
