/**
 * simulate/line: an event as a line of JSON, written as bytes.
 *
 * In: who, when, the visit's chance and counter, and what else the event says, made ready once wherever it repeats.
 * Out: bytes, or the event read back.
 * Invariant: an event's id is a UUID of version 7, of its own time, the visit's chance and its counter alone: the same line
 *   sent twice has the same id.
 */
import { mixedBits } from './random.ts'

const DAY_MS = 86_400_000
const HEAD = `{"event_id":"${'-'.repeat(36)}","timestamp":"${'-'.repeat(24)}",`
const ID_AT = HEAD.indexOf('-')
const TIME_AT = HEAD.lastIndexOf('-') - 23
const HEX = Buffer.from('0123456789abcdef')
const [ZERO, COLON, POINT, ZONE] = Buffer.from('0:.Z')
const DIGITS_MAXIMUM = 10
/** Of UTF-8, at most. */
const BYTES_PER_CHARACTER = 3

export interface Line {
  /** Time of the event, and when it reaches the collector: whole milliseconds since 1970. */
  atMs: number
  arrivesMs: number
  /** Of `headOf`, the same in all events of a visit. */
  readonly head: Buffer
  /** The visit's counter, 0 to 2^31 - 1, which ends the head. */
  readonly sequence: number
  /** The visit's own 32 bits. */
  readonly chance: number
  /** The line's other fields, from their comma to the newline. */
  readonly rest: Buffer | string
}

/** Room for an id and a time, and then the fields of a visitor. @param fields without brackets, up to a number's colon */
export function headOf(fields: string): Buffer {
  return Buffer.from(HEAD + fields)
}

/** At most so many bytes are written. */
export function bytesAtMost({ head, rest }: Line): number {
  return head.length + DIGITS_MAXIMUM + BYTES_PER_CHARACTER * rest.length
}

/** @returns where the line ends */
export function writeLine(line: Line, bytes: Buffer, start: number): number {
  const { head, rest, sequence } = line
  bytes.set(head, start)
  writeId(line, bytes, start + ID_AT)
  writeTime(line.atMs, bytes, start + TIME_AT)
  let at = start + head.length
  let digits = 1
  for (let left = sequence; left >= 10; left = (left / 10) | 0) digits++
  writeDigits(bytes, at, sequence, digits)
  at += digits
  if (typeof rest === 'string') return at + bytes.write(rest, at)
  bytes.set(rest, at)
  return at + rest.length
}

export function textOf(line: Line): string {
  const bytes = Buffer.allocUnsafe(bytesAtMost(line))
  return bytes.toString('utf8', 0, writeLine(line, bytes, 0))
}

/** @source RFC 9562, section 5.7 */
function writeId({ atMs, chance, sequence }: Line, bytes: Buffer, at: number): void {
  const high = Math.floor(atMs / 0x10000)
  const one = mixedBits(chance + sequence)
  const two = mixedBits(one + sequence)
  writeHex(bytes, at, high, 8)
  writeHex(bytes, at + 9, atMs - high * 0x10000, 4)
  writeHex(bytes, at + 14, 0x7000 | (one >>> 20), 4)
  writeHex(bytes, at + 19, 0x8000 | (one & 0x3fff), 4)
  writeHex(bytes, at + 24, chance & 0xffff, 4)
  writeHex(bytes, at + 28, two, 8)
}

function writeTime(atMs: number, bytes: Buffer, at: number): void {
  const day = Math.floor(atMs / DAY_MS)
  bytes.set(dateOf(day), at)
  const ms = (atMs - day * DAY_MS) | 0
  const minutes = (ms / 60_000) | 0
  const hours = (minutes / 60) | 0
  writeDigits(bytes, at + 11, hours, 2)
  writeDigits(bytes, at + 14, minutes - 60 * hours, 2)
  writeDigits(bytes, at + 17, ((ms / 1000) | 0) - 60 * minutes, 2)
  writeDigits(bytes, at + 20, ms % 1000, 3)
  bytes[at + 13] = bytes[at + 16] = COLON
  bytes[at + 19] = POINT
  bytes[at + 23] = ZONE
}

function writeHex(bytes: Buffer, at: number, value: number, digits: number): void {
  for (let place = at + digits - 1, left = value | 0; place >= at; place--, left >>>= 4) bytes[place] = HEX[left & 15]
}

function writeDigits(bytes: Buffer, at: number, value: number, digits: number): void {
  for (let place = at + digits - 1, left = value; place >= at; place--) {
    const tens = (left / 10) | 0
    bytes[place] = ZERO + left - 10 * tens
    left = tens
  }
}

let lastDay = Number.NaN
let lastDate = Buffer.alloc(0)

/** "2026-11-24T" */
function dateOf(day: number): Buffer {
  if (day !== lastDay) {
    lastDay = day
    lastDate = Buffer.from(new Date(day * DAY_MS).toISOString().slice(0, 11))
  }
  return lastDate
}
