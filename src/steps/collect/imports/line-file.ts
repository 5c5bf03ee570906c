/**
 * collect/imports/line-file: the lines of a large file, in any order, without holding them.
 *
 * In: a text file, plain or gzip.
 * Out: each line by its place; only places and lengths are kept in memory, 12 bytes a line.
 * Invariant: a gzip file is unpacked beside once and the copy removed at the end.
 */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { HemlineError, messageOf } from '../../../std/errors.ts'

/** Longer lines are no rows of ours; they are cut here and refused by whoever reads them. */
const MAX_LINE_BYTES = 1024 * 1024
const MAX_LINES = 100_000_000
const WINDOW_BYTES = 4 * MAX_LINE_BYTES
const NEWLINE = 0x0a
const RETURN = 0x0d
const FIRST_LINES = 1 << 16

export interface LineFile {
  /** Number of lines, an empty one at the end not counted. */
  readonly count: number
  /** @param index from 0 @returns the bytes of the line without its end, valid until the next call */
  bytes(index: number): Buffer
  close(): void
}

/** @throws HEM_FILE_UNREADABLE */
export async function openLineFile(path: string): Promise<LineFile> {
  try {
    const isPacked = startsLikeGzip(path)
    const folder = isPacked ? mkdtempSync(join(tmpdir(), 'hemline-import-')) : null
    const remove = () => folder !== null && rmSync(folder, { recursive: true, force: true })
    const plainPath = folder === null ? path : join(folder, 'lines')
    try {
      if (isPacked) await pipeline(createReadStream(path), createGunzip(), createWriteStream(plainPath))
      return indexLines(openSync(plainPath, 'r'), remove)
    } catch (error) {
      remove()
      throw error
    }
  } catch (cause) {
    if (cause instanceof HemlineError) throw cause
    throw new HemlineError('HEM_FILE_UNREADABLE', {
      subject: path,
      expected: 'a text file, plain or gzip',
      got: messageOf(cause),
      remedy: 'check the path and the file',
      cause,
    })
  }
}

/** The line as text, or null where its bytes are not UTF-8 or too many. */
export function lineText(bytes: Buffer): string | null {
  if (bytes.length >= MAX_LINE_BYTES) return null
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function startsLikeGzip(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(2)
    return readSync(file, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b
  } finally {
    closeSync(file)
  }
}

function indexLines(file: number, onClose: () => void): LineFile {
  let starts = new Float64Array(FIRST_LINES)
  let lengths = new Uint32Array(FIRST_LINES)
  let count = 0
  const add = (start: number, end: number) => {
    if (count >= MAX_LINES) return
    if (count === starts.length) {
      starts = grown(starts, new Float64Array(count * 2))
      lengths = grown(lengths, new Uint32Array(count * 2))
    }
    starts[count] = start
    lengths[count] = Math.min(end - start, MAX_LINE_BYTES)
    count++
  }
  const { size } = fstatSync(file)
  const chunk = Buffer.alloc(WINDOW_BYTES)
  let lineStart = 0
  for (let at = 0; at < size;) {
    const read = readSync(file, chunk, 0, chunk.length, at)
    if (read === 0) break
    for (let from = 0; from < read;) {
      const end = chunk.subarray(0, read).indexOf(NEWLINE, from)
      if (end === -1) break
      add(lineStart, at + end)
      lineStart = at + end + 1
      from = end + 1
    }
    at += read
  }
  if (lineStart < size) add(lineStart, size)
  return { count, bytes: windowReader(file, { starts, lengths }), close: () => (closeSync(file), onClose()) }
}

/** Reads through a window, so that lines in order cost few calls. */
function windowReader(
  file: number,
  lines: { readonly starts: Float64Array; readonly lengths: Uint32Array },
): (index: number) => Buffer {
  const window = Buffer.alloc(WINDOW_BYTES)
  let windowStart = 0
  let windowBytes = 0
  return (index) => {
    const start = lines.starts[index]
    const length = lines.lengths[index]
    if (start < windowStart || start + length > windowStart + windowBytes) {
      windowStart = start
      windowBytes = readSync(file, window, 0, window.length, start)
    }
    const line = window.subarray(start - windowStart, start - windowStart + length)
    return line.at(-1) === RETURN ? line.subarray(0, -1) : line
  }
}

function grown<List extends Float64Array | Uint32Array>(from: List, into: List): List {
  into.set(from)
  return into
}
