/**
 * test/contract/aws/fault-proxy: stands before a fake of Kinesis or DynamoDB and fails as the real service does.
 *
 * In: calls of the SDK, over HTTP/1.1 or HTTP/2; faults that tests plan.
 * Out: the fake's answers, or faults: a call refused, an answer lost, some records of a call not accepted.
 * Invariant: limits that the fake lacks hold always: 500 records and 5 MiB a call. A fault that is planned happens once.
 */
import { createServer as createPlainServer, type IncomingMessage } from 'node:http'
import { constants, createServer as createHttp2Server, type Http2ServerRequest } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'

/**
 * `throttle`, `expired`: refused with that error. `broken`: 500 before anything is done. `lost`: done, but the answer never comes.
 * `partial`: every second entry is left undone, and the answer says so. `accept`: all is accepted, and the fake never hears of it.
 */
export type Fault = 'throttle' | 'expired' | 'broken' | 'lost' | 'partial' | 'accept'

export interface FaultProxy {
  readonly endpoint: string
  /** The next calls of an operation, such as "PutRecords", fail so, one each. */
  plan(operation: string, ...faults: readonly Fault[]): void
  /** For calls that nothing is planned for; null for none. */
  chance(pick: ((operation: string) => Fault | null) | null): void
  /** How often an operation was asked for. */
  calls(operation: string): number
  stop(): Promise<void>
}

type Request = IncomingMessage | Http2ServerRequest
/** What both kinds of answers have. */
interface Response {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string | Buffer): unknown
}

const MAX_RECORDS = 500
const MAX_CALL_BYTES = 5 * 1024 * 1024
const ERRORS = { throttle: 'ProvisionedThroughputExceededException', expired: 'ExpiredIteratorException' } as const

export async function startFaultProxy(upstream: string, protocol: 'http1' | 'http2'): Promise<FaultProxy> {
  const planned = new Map<string, Fault[]>()
  const asked = new Map<string, number>()
  let pick: ((operation: string) => Fault | null) | null = null

  const handle = async (request: Request, response: Response): Promise<void> => {
    const body = await bytesOf(request)
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    asked.set(operation, (asked.get(operation) ?? 0) + 1)
    const fault = planned.get(operation)?.shift() ?? pick?.(operation) ?? null
    const refusal = limitBroken(operation, body)
    if (refusal !== null) return answer(response, 400, { __type: 'ValidationException', message: refusal })
    if (fault === 'throttle' || fault === 'expired') return answer(response, 400, { __type: ERRORS[fault] })
    if (fault === 'broken') return answer(response, 500, { __type: 'InternalFailure' })
    if (fault === 'accept') return answer(response, 200, accepted(body))
    const half = fault === 'partial' ? halved(operation, body) : null
    const sent = half?.body ?? body
    const upstreamAnswer = await fetch(upstream, {
      method: 'POST',
      headers: forwarded(request),
      body: new Uint8Array(sent),
    })
    const received = Buffer.from(await upstreamAnswer.arrayBuffer())
    if (fault === 'lost') return breakOff(request)
    const whole = half === null ? received : half.complete(received)
    response.writeHead(upstreamAnswer.status, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(whole)
  }

  const listener = (request: Request, response: Response) => {
    handle(request, response).catch(() => breakOff(request))
  }
  const server: Server = protocol === 'http2' ? createHttp2Server(listener) : createPlainServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: (operation, ...faults) => void planned.set(operation, [...faults]),
    chance: (choose) => void (pick = choose),
    calls: (operation) => asked.get(operation) ?? 0,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function breakOff(request: Request): void {
  if ('stream' in request) request.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else request.socket.destroy()
}

async function bytesOf(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The call's headers, without those of the connection. */
function forwarded(request: Request): Record<string, string> {
  const own = Object.entries(request.headers).filter(([name]) => !name.startsWith(':') && !LEFT_OUT.includes(name))
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]))
}

const LEFT_OUT = ['host', 'connection', 'content-length', 'expect']

function answer(response: Response, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(value))
}

interface PutRecordsBody {
  readonly Records: readonly { readonly Data: string; readonly PartitionKey: string }[]
}

function limitBroken(operation: string, body: Buffer): string | null {
  if (operation !== 'PutRecords') return null
  const { Records } = JSON.parse(body.toString('utf8')) as PutRecordsBody
  if (Records.length > MAX_RECORDS) return `${Records.length} records`
  const bytes = Records.reduce(
    (sum, { Data, PartitionKey }) => sum + Buffer.from(Data, 'base64').length + PartitionKey.length,
    0,
  )
  return bytes > MAX_CALL_BYTES ? `${bytes} bytes` : null
}

function accepted(body: Buffer): unknown {
  const { Records } = JSON.parse(body.toString('utf8')) as PutRecordsBody
  const Accepted = Records.map((_, nth) => ({ ShardId: 'shardId-000000000000', SequenceNumber: String(nth + 1) }))
  return { FailedRecordCount: 0, Records: Accepted }
}

interface Halved {
  readonly body: Buffer
  /** The fake's answer to half of the call as the service's answer to all of it. */
  readonly complete: (received: Buffer) => Buffer
}

function halved(operation: string, body: Buffer): Halved | null {
  const call = JSON.parse(body.toString('utf8')) as Record<string, unknown>
  const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
  const isDone = (_: unknown, nth: number): boolean => nth % 2 === 1
  if (operation === 'PutRecords') {
    const { Records } = call as unknown as PutRecordsBody
    const refused = { ErrorCode: ERRORS.throttle, ErrorMessage: 'Rate exceeded for shard' }
    return {
      body: text({ ...call, Records: Records.filter(isDone) }),
      complete(received) {
        const done = (JSON.parse(received.toString('utf8')) as { Records: unknown[] }).Records
        const all = Records.map((record, nth) => (isDone(record, nth) ? done.shift() : refused))
        return text({ FailedRecordCount: Math.ceil(Records.length / 2), Records: all })
      },
    }
  }
  const [[table, asked]] = Object.entries((call['RequestItems'] ?? {}) as Record<string, unknown>)
  if (operation === 'BatchWriteItem') {
    const writes = asked as readonly unknown[]
    const left = writes.filter((write, nth) => !isDone(write, nth))
    return {
      body: text({ ...call, RequestItems: { [table]: writes.filter(isDone) } }),
      complete: () => text({ UnprocessedItems: { [table]: left } }),
    }
  }
  if (operation === 'BatchGetItem') {
    const { Keys, ...rest } = asked as { readonly Keys: readonly unknown[] }
    const left = Keys.filter((key, nth) => !isDone(key, nth))
    const kept = Keys.filter(isDone)
    return {
      body: text({ ...call, RequestItems: { [table]: { ...rest, Keys: kept.length > 0 ? kept : Keys } } }),
      complete(received) {
        const { Responses } = JSON.parse(received.toString('utf8')) as { readonly Responses: Record<string, unknown[]> }
        const found = kept.length > 0 ? Responses : { [table]: [] }
        return text({ Responses: found, UnprocessedKeys: { [table]: { ...rest, Keys: left } } })
      },
    }
  }
  return null
}
