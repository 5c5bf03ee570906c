/**
 * aws/sql/athena-values: what Athena's texts mean, in the types of the other wing.
 *
 * In: a column's type and its values as texts, which is all that Athena gives.
 * Out: values as sql/json-rows writes them, or as PostgreSQL does.
 * Invariant: no digit is lost. Lists, maps and rows stay Athena's own text, since it does not say what is in them.
 */
import type { ColumnInfo } from '@aws-sdk/client-athena'
import { uniqueNames } from '../../../parts/sql/column-names.ts'
import type { SqlColumn, SqlFormat, SqlValue } from '../../../parts/sql/port.ts'

/** Decimals of at most this many digits survive the way through a double unchanged. */
const EXACT_DIGITS = 15

export function columnsOf(infos: readonly ColumnInfo[]): readonly SqlColumn[] {
  const names = uniqueNames(infos.map((info) => info.Label ?? info.Name ?? ''))
  return infos.map((info, index) => ({ name: names[index], type: typeOf(info) }))
}

/** The other engine's name of a type. */
function typeOf({ Type = '', Precision, Scale }: ColumnInfo): string {
  switch (Type) {
    case 'decimal':
      return `DECIMAL(${Precision},${Scale})`
    case 'char':
    case 'string':
      return 'VARCHAR'
    case 'real':
      return 'FLOAT'
    case 'varbinary':
      return 'BLOB'
    case 'int':
      return 'INTEGER'
    default:
      return Type.toUpperCase()
  }
}

/** Turns a row of texts into values, by the columns' types. */
export function rowReader(
  infos: readonly ColumnInfo[],
  format: SqlFormat,
): (texts: readonly (string | undefined)[]) => SqlValue[] {
  const readers = infos.map(({ Type = '' }) => (format === 'json' ? jsonReader(Type) : textReader(Type)))
  return (texts) =>
    readers.map((read, index) => {
      const text = texts[index]
      return text === undefined ? null : read(text)
    })
}

type Reader = (text: string) => SqlValue

function jsonReader(type: string): Reader {
  if (type === 'boolean') return (text) => text === 'true'
  if (['tinyint', 'smallint', 'integer', 'int', 'bigint'].includes(type)) return wholeNumber
  if (['double', 'real', 'float'].includes(type)) return double
  if (type === 'decimal') return decimal
  if (type.startsWith('timestamp')) return isoTime
  if (type === 'varbinary') return hex
  return (text) => text
}

function wholeNumber(text: string): number | string {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

/** JSON has no NaN and no infinities. */
function double(text: string): number | string {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

function decimal(text: string): number | string {
  const digits = text.replaceAll(/[-.]/g, '').replace(/^0+/, '')
  return digits.length <= EXACT_DIGITS ? Number(text) : text
}

/** "2026-11-24 10:00:00.500 UTC", with or without its zone, which is always UTC here. Microseconds only where there are some. */
function isoTime(text: string): string {
  const [date, clock = '00:00:00'] = text.split(' ')
  const [seconds, fraction = ''] = clock.split('.')
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  return `${date}T${seconds}.${micros.endsWith('000') ? micros.slice(0, 3) : micros}Z`
}

/** Athena parts bytes by spaces. */
function hex(text: string): string {
  return text.replaceAll(' ', '')
}

function textReader(type: string): Reader {
  if (type === 'boolean') return (text) => (text === 'true' ? 't' : 'f')
  if (type === 'varbinary') return (text) => `\\x${hex(text)}`
  if (type === 'timestamp with time zone') return (text) => `${plainTime(text)}+00`
  return type === 'timestamp' ? plainTime : (text) => text
}

/** "2026-11-24 10:00:00.500" becomes "2026-11-24 10:00:00.5". */
function plainTime(text: string): string {
  const [moment] = text.split(' UTC')
  return moment.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
}
