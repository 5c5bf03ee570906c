/**
 * model/image-bytes: named numbers and texts in one run of bytes.
 *
 * In: arrays of numbers and JSON values, in a fixed order.
 * Out: bytes with a version and a checksum, and the arrays again.
 * Invariant: bytes that were cut, altered or written by a newer version are refused, never half read.
 */
import { crc32 } from 'node:zlib'
import { HemlineError } from '../../std/errors.ts'
import type { Numbers } from './state/arrays.ts'

/** "HEML", little-endian. */
const MAGIC = 0x4c4d4548
const IMAGE_VERSION = 5
const HEADER_BYTES = 16
const ALIGNMENT = 8

export interface ImageWriter {
  numbers(array: Numbers, length: number): void
  json(value: unknown): void
  /** The whole image: header (magic, version, length, checksum), then the sections. */
  finish(): Uint8Array
}

export function createImageWriter(): ImageWriter {
  const sections: Uint8Array[] = []
  const add = (bytes: Uint8Array): void => {
    const head = new Uint8Array(ALIGNMENT)
    new DataView(head.buffer).setUint32(0, bytes.byteLength, true)
    sections.push(head, bytes)
    const padding = (ALIGNMENT - (bytes.byteLength % ALIGNMENT)) % ALIGNMENT
    if (padding > 0) sections.push(new Uint8Array(padding))
  }
  return {
    numbers: (array, length) => add(new Uint8Array(array.buffer, array.byteOffset, length * array.BYTES_PER_ELEMENT)),
    json: (value) => add(new TextEncoder().encode(JSON.stringify(value))),
    finish: () => assemble(sections),
  }
}

function assemble(sections: readonly Uint8Array[]): Uint8Array {
  const bodyBytes = sections.reduce((sum, section) => sum + section.byteLength, 0)
  const image = new Uint8Array(HEADER_BYTES + bodyBytes)
  let at = HEADER_BYTES
  for (const section of sections) {
    image.set(section, at)
    at += section.byteLength
  }
  const head = new DataView(image.buffer)
  head.setUint32(0, MAGIC, true)
  head.setUint32(4, IMAGE_VERSION, true)
  head.setUint32(8, bodyBytes, true)
  head.setUint32(12, crc32(image.subarray(HEADER_BYTES)), true)
  return image
}

export interface ImageReader {
  int32(): Int32Array
  uint8(): Uint8Array
  uint16(): Uint16Array<ArrayBuffer>
  float32(): Float32Array
  float64(): Float64Array
  json(): unknown
}

/** @throws HEM_MODEL_IMAGE_NEWER, HEM_MODEL_IMAGE_BROKEN */
export function createImageReader(image: Uint8Array): ImageReader {
  const body = checkedBody(image)
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let at = 0
  const next = (): ArrayBuffer => {
    if (at + ALIGNMENT > body.byteLength) throw broken('another section', 'the end of the image')
    const length = view.getUint32(at, true)
    const from = at + ALIGNMENT
    if (from + length > body.byteLength) throw broken(`${length} bytes`, `${body.byteLength - from} bytes`)
    at = from + Math.ceil(length / ALIGNMENT) * ALIGNMENT
    return body.slice(from, from + length).buffer
  }
  return {
    int32: () => new Int32Array(next()),
    uint8: () => new Uint8Array(next()),
    uint16: () => new Uint16Array(next()),
    float32: () => new Float32Array(next()),
    float64: () => new Float64Array(next()),
    json: () => JSON.parse(new TextDecoder().decode(next())) as unknown,
  }
}

function checkedBody(image: Uint8Array): Uint8Array {
  if (image.byteLength < HEADER_BYTES) throw broken(`${HEADER_BYTES} bytes or more`, `${image.byteLength} bytes`)
  const head = new DataView(image.buffer, image.byteOffset, HEADER_BYTES)
  if (head.getUint32(0, true) !== MAGIC) throw broken('the mark of a model image', 'other bytes')
  const version = head.getUint32(4, true)
  if (version > IMAGE_VERSION) {
    throw new HemlineError('HEM_MODEL_IMAGE_NEWER', {
      subject: 'model image',
      expected: `version ${IMAGE_VERSION}`,
      got: `version ${version}`,
      remedy: 'run the newer Hemline, or delete the image and let the stream be replayed',
    })
  }
  if (version < IMAGE_VERSION) throw broken(`version ${IMAGE_VERSION}`, `version ${version}`)
  // A Buffer's slice shares memory, a Uint8Array's copies it; the reader needs copies that start at 0.
  const body = new Uint8Array(image.buffer, image.byteOffset + HEADER_BYTES, image.byteLength - HEADER_BYTES)
  const bodyBytes = head.getUint32(8, true)
  if (body.byteLength !== bodyBytes) throw broken(`${bodyBytes} bytes`, `${body.byteLength} bytes`)
  if (crc32(body) !== head.getUint32(12, true)) throw broken('its checksum', 'another checksum')
  return body
}

function broken(expected: string, got: string): HemlineError {
  return new HemlineError('HEM_MODEL_IMAGE_BROKEN', {
    subject: 'model image',
    expected,
    got,
    remedy: 'delete the image and let the stream be replayed',
  })
}
