/**
 * event/json-body: a request's body as a JSON value, within limits.
 *
 * In: a request, plain or gzip, of any content type.
 * Out: the parsed value.
 * Invariant: no more than the limit is ever held, as sent or decompressed; nesting is checked before parsing.
 */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { jsonDepth, MAX_JSON_DEPTH } from './json-guard.ts'
import { HemlineError } from '../../std/errors.ts'

const decompress = promisify(gunzip)
const utf8 = new TextDecoder('utf-8', { fatal: true })
const MAX_CHUNKS = 65_536

/**
 * @param maxBytes limit on the body as sent and as decompressed
 * @throws HEM_BODY_TOO_LARGE, HEM_BODY_ENCODING, HEM_BODY_TOO_DEEP, HEM_BODY_MALFORMED
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const bytes = await plainBytes(request, maxBytes)
  const depth = jsonDepth(bytes)
  if (depth > MAX_JSON_DEPTH) {
    throw new HemlineError('HEM_BODY_TOO_DEEP', {
      subject: 'the body',
      expected: `nesting of at most ${MAX_JSON_DEPTH}`,
      got: 'more',
      remedy: 'send flatter JSON',
    })
  }
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (cause) {
    throw new HemlineError('HEM_BODY_MALFORMED', {
      subject: 'the body',
      expected: 'JSON in UTF-8',
      got: bytes.length === 0 ? 'nothing' : 'something else',
      remedy: 'send what the call takes as JSON',
      cause,
    })
  }
}

async function plainBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') throw badEncoding(`"${encoding.slice(0, 32)}"`)
  const bytes = await sentBytes(request, maxBytes)
  if (encoding === 'identity') return bytes
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    const isTooLarge = (cause as { readonly code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLarge ? tooLarge(maxBytes, 'more once decompressed') : badEncoding('bytes that are not gzip', cause)
  }
}

async function sentBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const announced = request.headers.get('content-length')
  if (announced !== null) {
    if (Number(announced) > maxBytes) throw tooLarge(maxBytes, announced)
    return new Uint8Array(await request.arrayBuffer())
  }
  if (request.body === null) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    received += chunk.length
    if (received > maxBytes || chunks.length >= MAX_CHUNKS) throw tooLarge(maxBytes, 'more')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(maxBytes: number, got: string): HemlineError {
  return new HemlineError('HEM_BODY_TOO_LARGE', {
    subject: 'the body',
    expected: `at most ${maxBytes} bytes`,
    got,
    remedy: 'send it in smaller batches',
  })
}

function badEncoding(got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_BODY_ENCODING', {
    subject: 'Content-Encoding',
    expected: 'gzip or none',
    got,
    remedy: 'send the body plain, or compress it with gzip',
    cause,
  })
}
