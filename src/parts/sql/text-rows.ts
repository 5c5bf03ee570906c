/**
 * sql/text-rows: how PostgreSQL writes each SQL type as text.
 *
 * In: values as the engine's client gives them.
 * Out: texts, or null. Decimals keep all of their places; timestamps are UTC; bytes are `\x…`; lists, structs and maps
 *   are JSON, as `json-rows.ts` writes it.
 * Invariant: no digit is lost, whatever the size of a number.
 */
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api'
import type { DuckDBValue } from '@duckdb/node-api'
import { toSqlValue } from './json-rows.ts'

export function toText(value: DuckDBValue): string | null {
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (value instanceof DuckDBTimestampTZValue) return `${timestampText(toSqlValue(value))}+00`
  if (isTimestamp(value)) return timestampText(toSqlValue(value))
  if (value instanceof DuckDBBlobValue) return `\\x${Buffer.from(value.bytes).toString('hex')}`
  if (value instanceof DuckDBIntervalValue) return intervalText(value)
  if (isNested(value)) return JSON.stringify(toSqlValue(value))
  return value.toString()
}

function isTimestamp(value: DuckDBValue): boolean {
  return (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  )
}

function isNested(value: DuckDBValue): boolean {
  return (
    value instanceof DuckDBListValue ||
    value instanceof DuckDBArrayValue ||
    value instanceof DuckDBStructValue ||
    value instanceof DuckDBMapValue
  )
}

/** `2026-11-24T10:00:00.500Z` becomes `2026-11-24 10:00:00.5`. */
function timestampText(iso: unknown): string {
  return String(iso)
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '')
}

/** `1 year 2 mons -3 days 04:05:06.5`, PostgreSQL's own style. */
function intervalText({ months, days, micros }: DuckDBIntervalValue): string {
  const years = Math.trunc(months / 12)
  const rest = months % 12
  const parts: string[] = []
  if (years !== 0) parts.push(`${years} year${years === 1 ? '' : 's'}`)
  if (rest !== 0) parts.push(`${rest} mon${rest === 1 ? '' : 's'}`)
  if (days !== 0) parts.push(`${days} day${days === 1 ? '' : 's'}`)
  if (micros !== 0n || parts.length === 0) parts.push(clockText(micros))
  return parts.join(' ')
}

function clockText(micros: bigint): string {
  const size = micros < 0n ? -micros : micros
  const two = (value: bigint): string => String(value).padStart(2, '0')
  const seconds = size / 1_000_000n
  const fraction = String(size % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
  return `${micros < 0n ? '-' : ''}${clock}${fraction === '' ? '' : `.${fraction}`}`
}
