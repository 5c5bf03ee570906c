/**
 * sql/json-rows: how each SQL type is written in JSON.
 *
 * In: values as the engine's client gives them.
 * Out: JSON values. Whole numbers up to 2^53 and doubles are numbers, larger ones text; a decimal is a number where
 *   at most 15 digits make that exact, else text; times are ISO 8601 in UTC with Z; dates `YYYY-MM-DD`; NaN and
 *   infinities are text, as JSON has none; bytes are hex; lists are arrays; structs and maps are objects.
 * Invariant: no digit is lost, whatever the size of a number.
 */
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
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
import type { SqlValue } from './port.ts'

/** Decimals of at most this many digits survive the way through a double unchanged. */
const EXACT_DIGITS = 15

export function toSqlValue(value: DuckDBValue): SqlValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return wholeNumber(value)
  if (value instanceof DuckDBDecimalValue) return decimal(value)
  const time = timeOf(value)
  if (time !== null) return time
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toSqlValue)
  if (value instanceof DuckDBStructValue) return objectOf(Object.entries(value.entries))
  if (value instanceof DuckDBMapValue) {
    return objectOf(value.entries.map((entry) => [keyText(entry.key), entry.value] as const))
  }
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex')
  return value.toString()
}

function wholeNumber(value: bigint): number | string {
  const asNumber = Number(value)
  return Number.isSafeInteger(asNumber) ? asNumber : value.toString()
}

function decimal(value: DuckDBDecimalValue): number | string {
  const digits = value.value.toString().replace('-', '').length
  return digits <= EXACT_DIGITS ? Number(value.toString()) : value.toString()
}

function timeOf(value: DuckDBValue): string | null {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return isoFromMicros(value.micros)
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoFromMicros(value.millis * 1000n)
  if (value instanceof DuckDBTimestampSecondsValue) return isoFromMicros(value.seconds * 1_000_000n)
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoFromMicros(value.nanos / 1000n)
  if (value instanceof DuckDBDateValue) return value.toString()
  return null
}

/** Milliseconds always, microseconds only where there are some. Years beyond what JavaScript holds are left as digits. */
function isoFromMicros(micros: bigint): string {
  const millis = micros >= 0n || micros % 1000n === 0n ? micros / 1000n : micros / 1000n - 1n
  const date = new Date(Number(millis))
  if (Number.isNaN(date.getTime())) return micros.toString()
  const rest = Number(micros - millis * 1000n)
  const text = date.toISOString()
  return rest === 0 ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`)
}

function objectOf(entries: readonly (readonly [string, DuckDBValue])[]): SqlValue {
  return Object.fromEntries(entries.map(([key, value]) => [key, toSqlValue(value)]))
}

function keyText(key: DuckDBValue): string {
  const value = toSqlValue(key)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
