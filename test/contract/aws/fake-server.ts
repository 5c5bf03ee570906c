/**
 * test/contract/aws/fake-server: an HTTP server that stands in for a service of AWS, and loses answers on request.
 *
 * In: what answers a request, and which faults come before or after it.
 * Out: an address, with keys, that the wing's adapters take.
 * Invariant: a lost answer is one of a request that was carried out.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AwsAccess } from '../../../src/wings/aws/access.ts'

export interface FakeRequest {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export interface FakeAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** `lost`: done, but the connection breaks; `unheard`: it breaks before; an answer: that instead of the service's own. */
export type FakeFault = 'lost' | 'unheard' | FakeAnswer

export interface FakeServer {
  readonly access: AwsAccess
  /** Asked before each request; a test sets it. */
  fault: (request: FakeRequest) => FakeFault | null
  close(): Promise<void>
}

export async function startFake(
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeServer> {
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = await read(incoming)
      const fault = fake.fault(request)
      if (fault === 'unheard') return incoming.socket.destroy()
      const said = typeof fault === 'object' && fault !== null ? fault : await answer(request)
      if (fault === 'lost') return incoming.socket.destroy()
      const body = Buffer.from(said.body ?? '')
      response.writeHead(said.status, { 'content-length': body.length, ...said.headers })
      response.end(request.method === 'HEAD' ? undefined : body)
      return response
    })()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const fake: FakeServer = {
    access: {
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      // No test waits for a pause.
      random: () => 0,
    },
    fault: () => null,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}

async function read(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const url = new URL(incoming.url ?? '/', 'http://fake')
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: incoming.headers as Record<string, string | undefined>,
    body: Buffer.concat(chunks),
  }
}

/** An answer of the services that speak JSON. */
export function jsonAnswer(body: object): FakeAnswer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) }
}

export function jsonRefusal(type: string, message = type): FakeAnswer {
  const status = type === 'InternalServiceException' ? 500 : 400
  return { ...jsonAnswer({ __type: type, message, Message: message }), status }
}

/** Lets the nth request that fits go wrong, and no other. */
export function nth(number: number, fits: (request: FakeRequest) => boolean, fault: FakeFault): FakeServer['fault'] {
  let seen = 0
  return (request) => (fits(request) && ++seen === number ? fault : null)
}
