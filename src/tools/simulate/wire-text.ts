/**
 * simulate/wire-text: ids, times and whole events as text, quickly.
 *
 * In: times, chance, events.
 * Out: UUIDs of version 7, ISO 8601 times, lines of JSON.
 * Invariant: a line is what `JSON.stringify` would give, byte for byte.
 */
import type { Random } from './random.ts'
import type { WireEvent } from './wire.ts'

const DAY_MS = 86_400_000
const HEX = Array.from({ length: 0x10000 }, (_, i) => i.toString(16).padStart(4, '0'))
const TWO = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'))
const THREE = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'))

/** @source RFC 9562, section 5.7; 74 random bits from three draws */
export function uuidAt(atMs: number, random: Random): string {
  const high = Math.floor(atMs / 0x10000)
  const a = (random.next() * 0x1000) | 0
  const b = Math.floor(0x8000_0000 + random.next() * 0x4000_0000)
  const c = Math.floor(random.next() * 0x1_0000_0000)
  return `${HEX[Math.floor(high / 0x10000)]}${HEX[high & 0xffff]}-${HEX[atMs & 0xffff]}-${HEX[0x7000 | a]}-${
    HEX[b >>> 16]
  }-${HEX[b & 0xffff]}${HEX[c >>> 16]}${HEX[c & 0xffff]}`
}

let lastDay = Number.NaN
let lastDate = ''

/** @param atMs whole milliseconds since 1970 */
export function isoTimeOf(atMs: number): string {
  const day = Math.floor(atMs / DAY_MS)
  if (day !== lastDay) {
    lastDay = day
    lastDate = new Date(day * DAY_MS).toISOString().slice(0, 11)
  }
  const ms = atMs - day * DAY_MS
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return `${lastDate}${TWO[hours]}:${TWO[minutes - hours * 60]}:${TWO[seconds - minutes * 60]}.${THREE[ms - seconds * 1000]}Z`
}

/** Fields whose texts hold no quote, backslash or control character; the others go through `JSON.stringify`. */
const PLAIN: ReadonlySet<string> = new Set([
  'event_id',
  'event_type',
  'timestamp',
  'visitor_id',
  'user_id',
  'locale',
  'page_url',
  'product_id',
  'unit_price',
  'currency',
  'order_id',
  'slate_id',
  'placement',
])

export function lineOf(event: WireEvent): string {
  let line = '{'
  for (const field in event) {
    const value: unknown = event[field as keyof WireEvent]
    if (value === undefined) continue
    line += line.length === 1 ? '"' : ',"'
    line += field
    if (typeof value === 'number') line += `":${value}`
    else if (typeof value === 'string' && PLAIN.has(field)) line += `":"${value}"`
    else line += `":${JSON.stringify(value)}`
  }
  return `${line}}`
}
