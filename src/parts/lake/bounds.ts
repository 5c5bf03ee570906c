/**
 * lake/bounds: least and greatest values of a column, as Iceberg writes them.
 *
 * In: the text of a value as DuckDB prints it in UTC, and the column's type.
 * Out: the bytes of Iceberg's single-value serialisation; days since 1970 for partitions.
 * Invariant: a written lower bound is never above, an upper bound never below, any value of the column.
 * @source Apache Iceberg specification, Appendix D
 */
import type { ColumnType } from './schema.ts'

/** Longer texts are cut: bounds are for pruning, not for reading. */
const TEXT_BOUND_CODE_POINTS_MAX = 16
const DAY_MS = 86_400_000

export type BoundSide = 'lower' | 'upper'

/** The bound as bytes, or null where no safe bound can be written. */
export function boundBytes(text: string, type: ColumnType, side: BoundSide): Uint8Array | null {
  switch (type) {
    case 'string':
      return textBound(text, side)
    case 'int':
      return int32(Number(text))
    case 'date':
      return int32(dayOf(text))
    case 'long':
      return int64(BigInt(text))
    case 'timestamp':
      return int64(microsOf(text))
    case 'double':
      return float64(Number(text))
    case 'boolean':
      return Uint8Array.of(text === '1' || text === 'true' ? 1 : 0)
    default:
      return unscaled(text, scaleOf(type))
  }
}

function textBound(text: string, side: BoundSide): Uint8Array | null {
  const points = Array.from(text)
  if (points.length <= TEXT_BOUND_CODE_POINTS_MAX) return Buffer.from(text)
  const cut = points.slice(0, TEXT_BOUND_CODE_POINTS_MAX)
  if (side === 'lower') return Buffer.from(cut.join(''))
  for (let i = cut.length - 1; i >= 0; i--) {
    const next = nextCodePoint(cut[i].codePointAt(0) ?? 0)
    if (next !== null) return Buffer.from(cut.slice(0, i).join('') + String.fromCodePoint(next))
  }
  return null
}

function nextCodePoint(point: number): number | null {
  if (point === 0x10ffff) return null
  return point === 0xd7ff ? 0xe000 : point + 1
}

/** Days from 1970-01-01 to an ISO date. */
export function dayOf(isoDate: string): number {
  return Math.round(Date.parse(`${isoDate.slice(0, 10)}T00:00:00Z`) / DAY_MS)
}

/** The ISO date of days from 1970-01-01. */
export function isoDateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

function microsOf(text: string): bigint {
  const [date, time = '00:00:00'] = text.split(/[ T]/)
  const [clock, fraction = ''] = time.split('.')
  const [hours, minutes, seconds] = clock.split(':').map(Number)
  const wholeSeconds = dayOf(date) * 86_400 + hours * 3600 + minutes * 60 + seconds
  return BigInt(wholeSeconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

function scaleOf(type: string): number {
  return Number(/,\s*(\d+)\)/.exec(type)?.[1] ?? 0)
}

function unscaled(text: string, scale: number): Uint8Array {
  const negative = text.startsWith('-')
  const [whole, fraction = ''] = text.replace('-', '').split('.')
  const digits = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale))
  return twosComplement(negative ? -digits : digits)
}

/** Big-endian, as few bytes as the sign allows. */
function twosComplement(value: bigint): Uint8Array {
  let bytes = 1
  while (BigInt.asIntN(bytes * 8, value) !== value) bytes++
  const out = new Uint8Array(bytes)
  let rest = BigInt.asUintN(bytes * 8, value)
  for (let i = bytes - 1; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 0xffn)
  return out
}

function int32(value: number): Uint8Array {
  const out = Buffer.alloc(4)
  out.writeInt32LE(value)
  return out
}

function int64(value: bigint): Uint8Array {
  const out = Buffer.alloc(8)
  out.writeBigInt64LE(value)
  return out
}

function float64(value: number): Uint8Array {
  const out = Buffer.alloc(8)
  out.writeDoubleLE(value)
  return out
}
