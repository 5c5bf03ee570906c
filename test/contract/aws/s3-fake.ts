/**
 * test/contract/aws/s3-fake: the part of S3 that Hemline uses, with its conditional writes.
 *
 * In: requests of the SDK, by path: /bucket/key.
 * Out: answers as S3 gives them; checksums are echoed, not checked.
 * Invariant: of many writes with `If-None-Match: *`, or with one ETag in `If-Match`, one is done; the others get 412.
 * @source Amazon S3 API reference; "Conditional writes"
 */
import { createHash } from 'node:crypto'
import { startFake, type FakeAnswer, type FakeRequest, type FakeServer } from './fake-server.ts'

interface StoredObject {
  readonly bytes: Buffer
  readonly etag: string
  readonly modified: Date
  readonly metadata: Readonly<Record<string, string>>
}

interface Upload {
  readonly key: string
  readonly metadata: Readonly<Record<string, string>>
  readonly parts: Map<number, Buffer>
}

export interface S3Fake extends FakeServer {
  /** By "/bucket/key". */
  readonly objects: Map<string, StoredObject>
  /** Uploads that were begun and neither completed nor given back. */
  readonly uploads: Map<string, Upload>
  /** Time of objects written from now on. */
  nowMs: () => number
}

/** Small, so that tests page. */
const PAGE_OBJECTS = 7

export async function startS3Fake(): Promise<S3Fake> {
  const objects = new Map<string, StoredObject>()
  const uploads = new Map<string, Upload>()
  let begun = 0
  const fake = await startFake((request) => answer(request))
  const started: S3Fake = Object.assign(fake, { objects, uploads, nowMs: () => Date.now() })

  function answer(request: FakeRequest): FakeAnswer {
    const { method, path, query } = request
    const upload = query.get('uploadId')
    if (method === 'GET' && query.get('list-type') === '2') return list(path, query)
    if (method === 'POST' && query.has('uploads')) return begin(request)
    if (method === 'PUT' && upload !== null) return putPart(request, upload)
    if (method === 'POST' && upload !== null) return complete(request, upload)
    if (method === 'DELETE' && upload !== null) return done(() => uploads.delete(upload))
    if (method === 'PUT') return put(path, request.headers, { bytes: request.body, metadata: metadataIn(request) })
    if (method === 'DELETE') return done(() => objects.delete(path))
    return get(request)
  }

  function put(
    path: string,
    headers: FakeRequest['headers'],
    object: Pick<StoredObject, 'bytes' | 'metadata'>,
  ): FakeAnswer {
    const before = objects.get(path)
    if (headers['if-none-match'] === '*' && before !== undefined) return refusal(412, 'PreconditionFailed')
    const wanted = headers['if-match']
    if (wanted !== undefined && before === undefined) return refusal(404, 'NoSuchKey')
    if (wanted !== undefined && before?.etag !== wanted) return refusal(412, 'PreconditionFailed')
    const etag = `"${createHash('md5').update(object.bytes).digest('hex')}"`
    objects.set(path, { ...object, etag, modified: new Date(started.nowMs()) })
    return { status: 200, headers: { etag } }
  }

  function begin(request: FakeRequest): FakeAnswer {
    const id = `upload-${begun++}`
    uploads.set(id, { key: request.path, metadata: metadataIn(request), parts: new Map() })
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
  }

  function putPart(request: FakeRequest, id: string): FakeAnswer {
    const upload = uploads.get(id)
    if (upload === undefined) return refusal(404, 'NoSuchUpload')
    const number = Number(request.query.get('partNumber'))
    upload.parts.set(number, request.body)
    const checksum = request.headers['x-amz-checksum-crc32']
    const echoed: Record<string, string> = checksum === undefined ? {} : { 'x-amz-checksum-crc32': checksum }
    return { status: 200, headers: { etag: `"part-${number}"`, ...echoed } }
  }

  function complete(request: FakeRequest, id: string): FakeAnswer {
    const upload = uploads.get(id)
    if (upload === undefined) return refusal(404, 'NoSuchUpload')
    const named = [...request.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, one]) =>
      Number(one),
    )
    const bytes = Buffer.concat(named.map((number) => upload.parts.get(number) ?? Buffer.alloc(0)))
    const answered = put(upload.key, request.headers, { bytes, metadata: upload.metadata })
    if (answered.status !== 200) return answered
    uploads.delete(id)
    const etag = answered.headers?.['etag'] ?? ''
    return xml(`<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`)
  }

  function get({ path, headers, method }: FakeRequest): FakeAnswer {
    const object = objects.get(path)
    if (object === undefined) return method === 'HEAD' ? { status: 404 } : refusal(404, 'NoSuchKey')
    if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag) {
      return refusal(412, 'PreconditionFailed')
    }
    if (headers['if-none-match'] === object.etag) return { status: 304, headers: { etag: object.etag } }
    const known = {
      etag: object.etag,
      'last-modified': object.modified.toUTCString(),
      ...Object.fromEntries(Object.entries(object.metadata).map(([key, value]) => [`x-amz-meta-${key}`, value])),
    }
    if (method === 'HEAD') return { status: 200, headers: { ...known, 'content-length': String(object.bytes.length) } }
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '')
    if (range === null) return { status: 200, headers: known, body: object.bytes }
    const [first, last] = [Number(range[1]), Math.min(Number(range[2]), object.bytes.length - 1)]
    if (first > last) return refusal(416, 'InvalidRange')
    const total = object.bytes.length
    const partial = { ...known, 'content-range': `bytes ${first}-${last}/${total}` }
    return { status: 206, headers: partial, body: object.bytes.subarray(first, last + 1) }
  }

  function list(bucket: string, query: URLSearchParams): FakeAnswer {
    const below = `${bucket.replace(/\/$/, '')}/${query.get('prefix') ?? ''}`
    const after = query.get('continuation-token') ?? ''
    const matching = [...objects]
      .filter(([path]) => path.startsWith(below) && path > after)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    const page = matching.slice(0, PAGE_OBJECTS)
    const contents = page.map(([path, object]) => {
      const key = escape(path.split('/').slice(2).join('/'))
      return `<Contents><Key>${key}</Key><Size>${object.bytes.length}</Size><LastModified>${object.modified.toISOString()}</LastModified></Contents>`
    })
    const next = matching.length > PAGE_OBJECTS ? escape(page.at(-1)?.[0] ?? '') : null
    const more = next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`
    return xml(
      `<ListBucketResult><IsTruncated>${next !== null}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`,
    )
  }
  return started
}

function done(work: () => unknown): FakeAnswer {
  work()
  return { status: 204 }
}

function metadataIn({ headers }: FakeRequest): Record<string, string> {
  const marked = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'))
  return Object.fromEntries(marked.map(([name, value]) => [name.slice('x-amz-meta-'.length), value ?? '']))
}

function xml(body: string): FakeAnswer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0"?>${body}` }
}

function refusal(status: number, code: string): FakeAnswer {
  return { ...xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`), status }
}

export const SLOW_DOWN: FakeAnswer = refusal(503, 'SlowDown')

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
