/**
 * stream/codec: a record as bytes, and back.
 *
 * In: a record; or bytes read from a log.
 * Out: one version byte, the CRC-32 of the body (4 bytes, little-endian), the body as JSON in UTF-8.
 * Invariant: bytes that changed since they were written are never taken for a record.
 */
import { crc32 } from 'node:zlib'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { MAX_RECORD_BYTES, type StreamRecord } from './record.ts'

const FORMAT_VERSION = 1
const HEAD_BYTES = 5

/** @throws HEM_STREAM_RECORD_TOO_LARGE */
export function encodeRecord(record: StreamRecord): Buffer {
  const text = JSON.stringify(record)
  const bodyBytes = Buffer.byteLength(text)
  if (bodyBytes + HEAD_BYTES > MAX_RECORD_BYTES) {
    throw new HemlineError('HEM_STREAM_RECORD_TOO_LARGE', {
      subject: `record of kind "${record.kind}"`,
      expected: `at most ${MAX_RECORD_BYTES} bytes`,
      got: `${bodyBytes + HEAD_BYTES}`,
      remedy: 'split it before appending',
    })
  }
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + bodyBytes)
  bytes[0] = FORMAT_VERSION
  bytes.write(text, HEAD_BYTES, 'utf8')
  bytes.writeUInt32LE(crc32(bytes.subarray(HEAD_BYTES)), 1)
  return bytes
}

/**
 * @param place where the bytes were found, for the message
 * @throws HEM_STREAM_RECORD_CORRUPT
 */
export function decodeRecord(bytes: Buffer, place: string): StreamRecord {
  if (bytes.length <= HEAD_BYTES) throw corrupt(place, 'a head and a body', `${bytes.length} bytes`)
  if (bytes[0] !== FORMAT_VERSION) throw corrupt(place, `format version ${FORMAT_VERSION}`, `version ${bytes[0]}`)
  const body = bytes.subarray(HEAD_BYTES)
  const sum = crc32(body)
  const expected = bytes.readUInt32LE(1)
  if (sum !== expected) throw corrupt(place, `checksum ${expected}`, `${sum}`)
  try {
    return JSON.parse(body.toString('utf8')) as StreamRecord
  } catch (cause) {
    throw corrupt(place, 'JSON', 'text that is none', cause)
  }
}

/**
 * As `decodeRecord`, but bytes that were altered become a record that says so: what lies behind them is still to be read.
 *
 * @throws HEM_STREAM_RECORD_CORRUPT for a sound record of another version alone: the whole log would be one
 */
export function decodeStored(bytes: Buffer, place: string): StreamRecord {
  try {
    return decodeRecord(bytes, place)
  } catch (fault) {
    if (bytes[0] !== FORMAT_VERSION && isSound(bytes)) throw fault
    return { kind: 'unreadable', received_at: '', message: messageOf(fault), bytes: bytes.toString('base64') }
  }
}

function isSound(bytes: Buffer): boolean {
  return bytes.length > HEAD_BYTES && crc32(bytes.subarray(HEAD_BYTES)) === bytes.readUInt32LE(1)
}

function corrupt(place: string, expected: string, got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_STREAM_RECORD_CORRUPT', {
    subject: `record at ${place}`,
    expected,
    got,
    remedy: 'check the disk and restore the data folder from a backup',
    cause,
  })
}
