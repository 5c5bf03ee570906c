/**
 * postgres/types: which PostgreSQL type each type of the lake is, and its binary form.
 *
 * In: the engine's type names; values as text in PostgreSQL's form, or as a client's bytes.
 * Out: type ids; bytes for clients that ask for the binary form, text for the statement.
 * Invariant: money goes as numeric with all of its places; what has no type of its own goes as text or json.
 */
import { HemlineError } from '../../std/errors.ts'
import type { FieldDescription } from './messages.ts'
import { numericFromBinary, numericToBinary } from './numeric.ts'

const BOOL = 16
const BYTEA = 17
const INT8 = 20
const INT2 = 21
const INT4 = 23
export const TEXT = 25
const JSON_TYPE = 114
const FLOAT4 = 700
const FLOAT8 = 701
const VARCHAR = 1043
const DATE = 1082
const TIME = 1083
const TIMESTAMP = 1114
const TIMESTAMPTZ = 1184
const NUMERIC = 1700
const UUID = 2950

/** Engine type to type id and size in bytes. */
const PLAIN: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['BOOLEAN', [BOOL, 1]],
  ['TINYINT', [INT2, 2]],
  ['UTINYINT', [INT2, 2]],
  ['SMALLINT', [INT2, 2]],
  ['USMALLINT', [INT4, 4]],
  ['INTEGER', [INT4, 4]],
  ['UINTEGER', [INT8, 8]],
  ['BIGINT', [INT8, 8]],
  ['UBIGINT', [NUMERIC, -1]],
  ['HUGEINT', [NUMERIC, -1]],
  ['FLOAT', [FLOAT4, 4]],
  ['DOUBLE', [FLOAT8, 8]],
  ['DATE', [DATE, 4]],
  ['TIME', [TIME, 8]],
  ['TIMESTAMP', [TIMESTAMP, 8]],
  ['TIMESTAMP_S', [TIMESTAMP, 8]],
  ['TIMESTAMP_MS', [TIMESTAMP, 8]],
  ['TIMESTAMP_NS', [TIMESTAMP, 8]],
  ['TIMESTAMP WITH TIME ZONE', [TIMESTAMPTZ, 8]],
  ['BLOB', [BYTEA, -1]],
  ['UUID', [UUID, 16]],
  ['JSON', [JSON_TYPE, -1]],
])

/** Types whose literal needs a cast; of all others a quoted text or plain digits take the type of their place. */
const CASTS: ReadonlyMap<number, string> = new Map([
  [BOOL, 'BOOLEAN'],
  [FLOAT4, 'DOUBLE'],
  [FLOAT8, 'DOUBLE'],
  [DATE, 'DATE'],
  [TIME, 'TIME'],
  [TIMESTAMP, 'TIMESTAMP'],
  [TIMESTAMPTZ, 'TIMESTAMPTZ'],
  [INT2, 'NUMERIC'],
  [INT4, 'NUMERIC'],
  [INT8, 'NUMERIC'],
  [NUMERIC, 'NUMERIC'],
])

const DAYS_TO_2000 = 10_957
const DAY_MS = 86_400_000
const MICROS_TO_2000 = 946_684_800_000_000n

export function fieldOf(name: string, type: string): FieldDescription {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (decimal !== null) {
    // PostgreSQL packs both into one number, four more than they are.
    return { name, oid: NUMERIC, size: -1, modifier: Number(decimal[1]) * 65_536 + Number(decimal[2]) + 4 }
  }
  const isNested = /\[\d*\]$|^(STRUCT|MAP)\(/.test(type)
  const [oid, size] = isNested ? [JSON_TYPE, -1] : (PLAIN.get(type) ?? [TEXT, -1])
  return { name, oid, size, modifier: -1 }
}

/** The type a literal of this id is to be cast to, or null. */
export function castOf(oid: number): string | null {
  return CASTS.get(oid) ?? null
}

/** @param text as PostgreSQL writes the type */
export function toBinary(text: string, oid: number): Buffer {
  switch (oid) {
    case BOOL:
      return Buffer.from([text === 't' ? 1 : 0])
    case INT2:
      return written(2, (bytes) => bytes.writeInt16BE(Number(text)))
    case INT4:
      return written(4, (bytes) => bytes.writeInt32BE(Number(text)))
    case INT8:
      return written(8, (bytes) => bytes.writeBigInt64BE(BigInt(text)))
    case FLOAT4:
      return written(4, (bytes) => bytes.writeFloatBE(Number(text)))
    case FLOAT8:
      return written(8, (bytes) => bytes.writeDoubleBE(Number(text)))
    case DATE:
      return written(4, (bytes) => bytes.writeInt32BE(Date.parse(`${text}T00:00:00Z`) / DAY_MS - DAYS_TO_2000))
    case TIME:
      return written(8, (bytes) => bytes.writeBigInt64BE(microsOf(`1970-01-01 ${text}`)))
    case TIMESTAMP:
    case TIMESTAMPTZ:
      return written(8, (bytes) => bytes.writeBigInt64BE(microsOf(text) - MICROS_TO_2000))
    case NUMERIC:
      return numericToBinary(text)
    case BYTEA:
      return Buffer.from(text.slice(2), 'hex')
    case UUID:
      return Buffer.from(text.replaceAll('-', ''), 'hex')
    default:
      return Buffer.from(text)
  }
}

/** @throws HEM_SQL_PARAMETERS for a type whose binary form is not known here */
export function fromBinary(bytes: Buffer, oid: number): string {
  switch (oid) {
    case BOOL:
      return bytes[0] === 0 ? 'false' : 'true'
    case INT2:
      return String(bytes.readInt16BE())
    case INT4:
      return String(bytes.readInt32BE())
    case INT8:
      return String(bytes.readBigInt64BE())
    case FLOAT4:
      return String(bytes.readFloatBE())
    case FLOAT8:
      return String(bytes.readDoubleBE())
    case DATE:
      return isoOf(BigInt(bytes.readInt32BE() + DAYS_TO_2000) * BigInt(DAY_MS) * 1000n).slice(0, 10)
    case TIME:
      return isoOf(bytes.readBigInt64BE()).slice(11)
    case TIMESTAMP:
      return isoOf(bytes.readBigInt64BE() + MICROS_TO_2000)
    case TIMESTAMPTZ:
      return `${isoOf(bytes.readBigInt64BE() + MICROS_TO_2000)}+00`
    case NUMERIC:
      return numericFromBinary(bytes)
    case UUID:
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    case TEXT:
    case VARCHAR:
    case JSON_TYPE:
      return bytes.toString('utf8')
    default:
      throw new HemlineError('HEM_SQL_PARAMETERS', {
        subject: 'parameters of the statement',
        expected: 'a value as text, or of a plain type',
        got: `a binary value of type ${oid}`,
        remedy: 'send it as text',
      })
  }
}

function written(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length)
  write(bytes)
  return bytes
}

/** `2026-11-24 10:00:00.5` and the like, UTC. */
function microsOf(text: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(text) ?? []
  return BigInt(Date.parse(`${seconds.replace(' ', 'T')}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

function isoOf(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const text = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19).replace('T', ' ')
  return `${text}.${String(rest).padStart(6, '0')}`
}
