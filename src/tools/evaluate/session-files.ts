/**
 * evaluate/session-files: session files, packed or not, as sessions in memory.
 *
 * In: lines of item ids; `prefix<TAB>next` pairs; or `item:unix_seconds` pairs.
 * Out: sessions, test pairs, or timed sessions, in the order of the file.
 * Invariant: a line that does not fit the form stops the reading and is named; nothing is skipped in silence.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { HemlineError } from '../../std/errors.ts'

export type Session = readonly string[]

export interface TestPair {
  readonly prefix: readonly string[]
  readonly next: string
}

export interface TimedEvent {
  readonly item: string
  /** Epoch ms. */
  readonly timeMs: number
}

/** What files may look like, for whoever gave another one. */
const FORMS =
  'give --train a session a line ("id id id"), and --test a pair a line ("id id<TAB>next id"), or with --live a ' +
  'session a line with times ("id:unix_seconds id:unix_seconds"); packed with gzip or not'

const LINES_MAX = 50_000_000
const GZIP_MARK = 0x1f8b

/** One session a line, item ids in order. @throws HEM_FILE_UNREADABLE */
export function readSessions(path: string): Session[] {
  return readLines(path).map((line, place) => {
    if (line.includes('\t')) throw malformed(path, place, 'item ids separated by spaces', line)
    return line.split(' ')
  })
}

/** One pair a line: item ids, a tab, the id that came next. @throws HEM_FILE_UNREADABLE */
export function readPairs(path: string): TestPair[] {
  return readLines(path).map((line, place) => {
    const [prefix, next, ...more] = line.split('\t')
    if (!prefix || !next || more.length > 0) throw malformed(path, place, '"ids<TAB>next id"', line)
    return { prefix: prefix.split(' '), next }
  })
}

/** One session a line, `item:unix_seconds` in order. @throws HEM_FILE_UNREADABLE */
export function readTimedSessions(path: string): TimedEvent[][] {
  return readLines(path).map((line, place) =>
    line.split(' ').map((part) => {
      const at = part.lastIndexOf(':')
      const seconds = Number(part.slice(at + 1))
      if (at < 1 || !Number.isFinite(seconds) || at === part.length - 1) {
        throw malformed(path, place, '"item:unix_seconds" (the file for --live)', part)
      }
      return { item: part.slice(0, at), timeMs: seconds * 1000 }
    }),
  )
}

/** The text of a file, unpacked where it is gzip. @throws HEM_FILE_UNREADABLE */
export function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    const isPacked = bytes.length > 1 && bytes.readUInt16BE(0) === GZIP_MARK
    return (isPacked ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNREADABLE', {
      subject: `file "${path}"`,
      expected: 'a text file, or one packed with gzip',
      got: cause instanceof Error ? cause.message : String(cause),
      remedy: 'check the path',
      cause,
    })
  }
}

/** Lines that are not empty. @throws HEM_FILE_UNREADABLE */
export function readLines(path: string): string[] {
  const lines = readText(path)
    .split('\n', LINES_MAX)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length > 0) return lines
  throw malformed(path, 0, 'at least one line', 'none')
}

function malformed(path: string, place: number, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_FILE_UNREADABLE', {
    subject: `file "${path}" line ${place + 1}`,
    expected,
    got: JSON.stringify(got.slice(0, 80)),
    remedy: FORMS,
  })
}
