/**
 * lake/avro: the part of Apache Avro that Iceberg manifests are made of.
 *
 * In: a schema and values, or the bytes of an object container file.
 * Out: the bytes of such a file, or its values and header.
 * Invariant: longs keep all 64 bits; record fields are keyed by Iceberg's `field-id`, never by their spelling.
 * @source Apache Avro 1.11 specification, "Object Container Files"
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { HemlineError } from '../../std/errors.ts'

export type AvroSchema = string | AvroRecord | AvroArray | AvroMap | AvroFixed | AvroEnum | readonly AvroSchema[]

export interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly default?: unknown
  readonly 'field-id'?: number
}
export interface AvroRecord {
  readonly type: 'record'
  readonly name: string
  readonly fields: readonly AvroField[]
}
export interface AvroArray {
  readonly type: 'array'
  readonly items: AvroSchema
  readonly [attribute: string]: unknown
}
export interface AvroMap {
  readonly type: 'map'
  readonly values: AvroSchema
}
export interface AvroFixed {
  readonly type: 'fixed'
  readonly name: string
  readonly size: number
}
export interface AvroEnum {
  readonly type: 'enum'
  readonly name: string
  readonly symbols: readonly string[]
}

/** A record: its fields by `field-id`, or by name where the schema gives none. */
export type AvroStruct = Readonly<Record<string, unknown>>

export interface AvroFile {
  readonly header: ReadonlyMap<string, string>
  readonly schema: AvroSchema
  readonly records: readonly AvroStruct[]
}

const MAGIC = Buffer.from([0x4f, 0x62, 0x6a, 0x01])
const RECORDS_PER_BLOCK_MAX = 1000
/** An inflated block larger than this is refused: no manifest of ours comes near. */
const BLOCK_BYTES_MAX = 256 * 1024 * 1024

/** Writes records as one container file, deflated. `sync` are 16 random bytes. */
export function writeAvroFile(
  schema: AvroSchema,
  header: ReadonlyMap<string, string>,
  records: readonly AvroStruct[],
  sync: Uint8Array,
): Uint8Array {
  const head = new AvroWriter()
  head.raw(MAGIC)
  const entries = new Map(header)
  entries.set('avro.schema', JSON.stringify(schema))
  entries.set('avro.codec', 'deflate')
  head.long(entries.size)
  for (const [key, value] of entries) {
    head.bytes(Buffer.from(key))
    head.bytes(Buffer.from(value))
  }
  head.long(0)
  head.raw(sync)
  for (let start = 0; start < records.length; start += RECORDS_PER_BLOCK_MAX) {
    const block = records.slice(start, start + RECORDS_PER_BLOCK_MAX)
    const body = new AvroWriter()
    for (const record of block) encodeValue(body, schema, record)
    head.long(block.length)
    head.bytes(deflateRawSync(body.finish()))
    head.raw(sync)
  }
  return head.finish()
}

/** @throws HEM_LAKE_FILE_CORRUPT when the bytes are no such file */
export function readAvroFile(path: string, bytes: Uint8Array): AvroFile {
  try {
    return decodeFile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch (cause) {
    throw new HemlineError('HEM_LAKE_FILE_CORRUPT', {
      subject: path,
      expected: 'an Avro container file',
      got: cause instanceof Error ? cause.message : 'other bytes',
      remedy: 'restore the file from a backup, or remove the snapshot that names it',
      cause,
    })
  }
}

function decodeFile(bytes: Buffer): AvroFile {
  const reader = new AvroReader(bytes)
  if (!reader.raw(4).equals(MAGIC)) throw new Error('no Avro magic')
  const header = new Map<string, string>()
  for (let count = reader.count(); count > 0; count = reader.count()) {
    for (let i = 0; i < count; i++) {
      const key = reader.bytes().toString()
      header.set(key, reader.bytes().toString())
    }
  }
  const sync = reader.raw(16)
  const schema = JSON.parse(header.get('avro.schema') ?? 'null') as AvroSchema
  const codec = header.get('avro.codec') ?? 'null'
  if (codec !== 'null' && codec !== 'deflate') throw new Error(`codec ${codec}`)
  const records: AvroStruct[] = []
  while (!reader.atEnd()) {
    const count = reader.count()
    const raw = reader.bytes()
    const body = codec === 'deflate' ? inflateRawSync(raw, { maxOutputLength: BLOCK_BYTES_MAX }) : raw
    const block = new AvroReader(body)
    for (let i = 0; i < count; i++) records.push(decodeValue(block, schema) as AvroStruct)
    if (!block.atEnd()) throw new Error('bytes left over in a block')
    if (!reader.raw(16).equals(sync)) throw new Error('a sync marker that differs')
  }
  return { header, schema, records }
}

function fieldKey(field: AvroField): string {
  return String(field['field-id'] ?? field.name)
}

function encodeValue(out: AvroWriter, schema: AvroSchema, value: unknown): void {
  if (typeof schema === 'string') return encodePrimitive(out, schema, value)
  if (isUnion(schema)) {
    const branch = schema.findIndex((option) => (option === 'null') === (value === null || value === undefined))
    if (branch < 0) throw new TypeError('null where the schema has no null')
    out.long(branch)
    return encodeValue(out, schema[branch], value)
  }
  switch (schema.type) {
    case 'record':
      for (const field of schema.fields) encodeValue(out, field.type, (value as AvroStruct)[fieldKey(field)])
      return
    case 'array': {
      const items = value as readonly unknown[]
      if (items.length > 0) out.long(items.length)
      for (const item of items) encodeValue(out, schema.items, item)
      return out.long(0)
    }
    case 'fixed':
      return out.raw(value as Uint8Array)
    default:
      // A primitive with attributes, such as {"type":"int","logicalType":"date"}.
      return encodePrimitive(out, schema.type, value)
  }
}

function encodePrimitive(out: AvroWriter, type: string, value: unknown): void {
  switch (type) {
    case 'null':
      return
    case 'boolean':
      return out.byte(value === true ? 1 : 0)
    case 'int':
    case 'long':
      return out.long(value as number | bigint)
    case 'float':
      return out.float(value as number)
    case 'double':
      return out.double(value as number)
    case 'bytes':
      return out.bytes(value as Uint8Array)
    case 'string':
      return out.bytes(Buffer.from(value as string))
    default:
      throw new TypeError(`Avro type ${type}`)
  }
}

function decodeValue(input: AvroReader, schema: AvroSchema): unknown {
  if (typeof schema === 'string') return decodePrimitive(input, schema)
  if (isUnion(schema)) return decodeValue(input, schema[Number(input.long())])
  switch (schema.type) {
    case 'record': {
      const record: Record<string, unknown> = {}
      for (const field of schema.fields) record[fieldKey(field)] = decodeValue(input, field.type)
      return record
    }
    case 'array':
      return decodeBlocks(input, () => decodeValue(input, schema.items))
    case 'map':
      return new Map(decodeBlocks(input, () => [input.bytes().toString(), decodeValue(input, schema.values)] as const))
    case 'fixed':
      return input.raw(schema.size)
    case 'enum':
      return schema.symbols[Number(input.long())]
    default:
      return decodePrimitive(input, (schema as { readonly type: string }).type)
  }
}

function decodeBlocks<T>(input: AvroReader, decodeItem: () => T): T[] {
  const items: T[] = []
  for (let count = input.count(); count > 0; count = input.count()) {
    for (let i = 0; i < count; i++) items.push(decodeItem())
  }
  return items
}

function decodePrimitive(input: AvroReader, type: string): unknown {
  switch (type) {
    case 'null':
      return null
    case 'boolean':
      return input.raw(1)[0] === 1
    case 'int':
      return Number(input.long())
    case 'long':
      return input.long()
    case 'float':
      return input.raw(4).readFloatLE()
    case 'double':
      return input.raw(8).readDoubleLE()
    case 'bytes':
      return input.bytes()
    case 'string':
      return input.bytes().toString()
    default:
      throw new TypeError(`Avro type ${type}`)
  }
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema)
}

class AvroWriter {
  #buffer = Buffer.allocUnsafe(4096)
  #length = 0

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
  }

  /** Zigzag, seven bits a byte. */
  long(value: number | bigint): void {
    this.#reserve(10)
    if (typeof value === 'number' && value >= 0 && value < 0x4000_0000) {
      let rest = value * 2
      for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
      this.#buffer[this.#length++] = rest
      return
    }
    const wide = BigInt(value)
    let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n))
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80
    this.#buffer[this.#length++] = Number(rest)
  }

  float(value: number): void {
    this.#reserve(4)
    this.#length = this.#buffer.writeFloatLE(value, this.#length)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#length = this.#buffer.writeDoubleLE(value, this.#length)
  }

  bytes(value: Uint8Array): void {
    this.long(value.length)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#buffer.set(value, this.#length)
    this.#length += value.length
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }
}

class AvroReader {
  readonly #buffer: Buffer
  #offset = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  atEnd(): boolean {
    return this.#offset === this.#buffer.length
  }

  long(): bigint {
    let zigzag = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.raw(1)[0]
      zigzag |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n))
    }
    throw new Error('a long of more than ten bytes')
  }

  /** Items of the next block; a negative count is followed by the block's size in bytes. */
  count(): number {
    const count = Number(this.long())
    if (count >= 0) return count
    this.long()
    return -count
  }

  bytes(): Buffer {
    return this.raw(Number(this.long()))
  }

  raw(length: number): Buffer {
    const end = this.#offset + length
    if (length < 0 || end > this.#buffer.length) throw new Error('the file ends too early')
    const slice = this.#buffer.subarray(this.#offset, end)
    this.#offset = end
    return slice
  }
}
