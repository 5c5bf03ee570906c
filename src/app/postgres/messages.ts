/**
 * postgres/messages: the PostgreSQL protocol, version 3, as bytes.
 *
 * In: what a client sends; what it is to be told.
 * Out: messages with their bodies; buffers to send.
 * Invariant: no message longer than a named maximum is ever gathered, so a stranger cannot fill the memory.
 * Source: PostgreSQL documentation, "Frontend/Backend Protocol", message formats.
 */

const MAX_STARTUP_BYTES = 10_000
/** A statement is at most 16 KiB; its values may be longer. */
const MAX_MESSAGE_BYTES = 1024 * 1024

export interface FrontendMessage {
  /** One letter, such as Q for a simple query. */
  readonly type: string
  readonly body: Buffer
}

export interface MessageReader {
  /** The first message of a connection, which has no letter; null when the client has gone or sends nonsense. */
  startup(): Promise<Buffer | null>
  next(): Promise<FrontendMessage | null>
}

export function messageReader(chunks: AsyncIterable<Buffer>): MessageReader {
  const iterator = chunks[Symbol.asyncIterator]()
  let buffer: Buffer = Buffer.alloc(0)

  async function take(bytes: number): Promise<Buffer | null> {
    while (buffer.length < bytes) {
      const { done, value } = await iterator.next()
      if (done) return null
      buffer = buffer.length === 0 ? value : Buffer.concat([buffer, value])
    }
    const part = buffer.subarray(0, bytes)
    buffer = buffer.subarray(bytes)
    return part
  }

  async function body(mostBytes: number): Promise<Buffer | null> {
    const length = (await take(4))?.readInt32BE(0) ?? 0
    return length < 4 || length > mostBytes ? null : take(length - 4)
  }

  return {
    startup: () => body(MAX_STARTUP_BYTES),
    async next() {
      const type = (await take(1))?.toString('latin1')
      const found = type === undefined ? null : await body(MAX_MESSAGE_BYTES)
      return type === undefined || found === null ? null : { type, body: found }
    },
  }
}

export interface FieldReader {
  text(): string
  int16(): number
  int32(): number
  bytes(length: number): Buffer
  rest(): Buffer
}

/** Reads a body from its start; what a short body lacks throws a RangeError. */
export function fieldsOf(body: Buffer): FieldReader {
  let at = 0
  const advance = (length: number): number => {
    const from = at
    if (length < 0 || from + length > body.length) throw new RangeError('a message shorter than it says')
    at += length
    return from
  }
  return {
    text() {
      const end = body.indexOf(0, at)
      if (end === -1) throw new RangeError('a text without an end')
      const from = advance(end + 1 - at)
      return body.toString('utf8', from, end)
    },
    int16: () => body.readInt16BE(advance(2)),
    int32: () => body.readInt32BE(advance(4)),
    bytes(length) {
      const from = advance(length)
      return body.subarray(from, from + length)
    },
    rest: () => body.subarray(at),
  }
}

/** Splits what a server sent into messages, each with its letter and length before it. */
export function splitMessages(bytes: Buffer): readonly Buffer[] {
  const messages: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    messages.push(bytes.subarray(at, end))
    at = end
  }
  return messages
}

export function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(4 + parts.reduce((sum, part) => sum + part.length, 0), 1)
  return Buffer.concat([head, ...parts])
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** A text with the zero byte that ends it. */
export function cString(text: string): Buffer {
  return Buffer.from(`${text.replaceAll('\0', '')}\0`)
}

export const parseComplete = message('1')
export const bindComplete = message('2')
export const closeComplete = message('3')
export const noData = message('n')
export const emptyQuery = message('I')
export const portalSuspended = message('s')

export const commandComplete = (tag: string): Buffer => message('C', cString(tag))
export const readyForQuery = (status: 'I' | 'T'): Buffer => message('Z', Buffer.from(status))
export const parameterStatus = (name: string, value: string): Buffer => message('S', cString(name), cString(value))

export interface FieldDescription {
  readonly name: string
  readonly oid: number
  /** Bytes of the binary form, -1 where it varies. */
  readonly size: number
  /** Such as the digits of a numeric; -1 without. */
  readonly modifier: number
}

export function rowDescription(fields: readonly FieldDescription[], formats: readonly number[]): Buffer {
  const parts = fields.flatMap(({ name, oid, size, modifier }, index) => [
    cString(name),
    int32(0),
    int16(0),
    int32(oid),
    int16(size),
    int32(modifier),
    int16(formatAt(formats, index)),
  ])
  return message('T', int16(fields.length), ...parts)
}

export function parameterDescription(oids: readonly number[]): Buffer {
  return message('t', int16(oids.length), ...oids.map(int32))
}

export function dataRow(values: readonly (Buffer | null)[]): Buffer {
  const parts = values.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value]))
  return message('D', int16(values.length), ...parts)
}

/** No format means text for all, one holds for all, else one each: 0 is text, 1 binary. */
export function formatAt(formats: readonly number[], index: number): number {
  return (formats.length === 1 ? formats[0] : formats[index]) ?? 0
}

export interface Complaint {
  readonly severity: 'ERROR' | 'FATAL' | 'WARNING'
  /** SQLSTATE, five characters. */
  readonly state: string
  readonly text: string
  readonly hint?: string
}

export function errorResponse({ severity, state, text, hint }: Complaint): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${state}`, `M${text}`, ...(hint === undefined ? [] : [`H${hint}`])]
  return message('E', ...fields.map(cString), Buffer.from([0]))
}
