/**
 * postgres/server: the PostgreSQL protocol on a port, so that psql, BI tools and drivers read the lake as they are.
 *
 * In: connections; the admin key as password, whatever the user's name.
 * Out: answers of the lake and the catalogue.
 * Guarantee: reads only. Stopping ends every connection.
 * Invariant: before a client has shown its key it can hold a few bytes for a few seconds, and connections are bounded.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { KeyStore } from '../../parts/access/key-store.ts'
import { reaches } from '../../parts/access/roles.ts'
import type { SqlRunner } from '../../parts/sql/port.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'
import type { Catalogue } from './catalogue.ts'
import { DATABASE_NAME } from './catalogue-tables.ts'
import {
  errorResponse,
  fieldsOf,
  int32,
  message,
  messageReader,
  parameterStatus,
  readyForQuery,
  type MessageReader,
} from './messages.ts'
import { createSession, type Session } from './session.ts'

export interface PostgresOptions {
  readonly host: string
  readonly port: number
  readonly keys: KeyStore
  readonly sql: SqlRunner
  readonly catalogue: Catalogue
  readonly onFault: (error: unknown) => void
}

export interface PostgresServer {
  /** Without the password. */
  readonly url: string
  close(): Promise<void>
}

const MAX_CONNECTIONS = 64
/** Time from connecting to the right password. */
const LOGIN_TIMEOUT_MS = 10_000
/** A client asks for encryption in one way or another before it starts in clear. */
const MAX_STARTUP_MESSAGES = 4

const PROTOCOL_3 = 0x0003_0000
const CANCEL_REQUEST = 80_877_102
const SSL_REQUEST = 80_877_103
const GSS_REQUEST = 80_877_104

/** That of the catalogue, which answers everything but questions to the lake; a test compares them. */
export const SERVER_VERSION = '18.6'
const SETTINGS: Readonly<Record<string, string>> = {
  server_version: SERVER_VERSION,
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
  default_transaction_read_only: 'on',
  in_hot_standby: 'off',
  is_superuser: 'off',
  session_authorization: DATABASE_NAME,
}

/** A connection's number and secret, by which another connection may end what it runs. */
interface CancelKey {
  readonly id: number
  readonly secret: Buffer
}

/** @throws HEM_PORT_IN_USE */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const sockets = new Set<Socket>()
  const sessions = new Map<number, { readonly key: CancelKey; readonly session: Session }>()
  let nextId = 1

  const cancel = (id: number, secret: Buffer): void => {
    const found = sessions.get(id)
    if (found?.key.secret.equals(secret)) found.session.cancel()
  }

  async function serve(socket: Socket): Promise<void> {
    const reader = messageReader(socket)
    const send = sender(socket)
    const timer = setTimeout(() => socket.destroy(), LOGIN_TIMEOUT_MS)
    const isIn = await login(reader, { send, cancel, isKey: (key) => isAdminKey(options.keys, key, socket) })
    clearTimeout(timer)
    if (!isIn) return
    const key: CancelKey = { id: nextId++, secret: randomBytes(4) }
    const session = createSession({ ...options, send })
    sessions.set(key.id, { key, session })
    socket.once('close', () => {
      session.cancel()
      sessions.delete(key.id)
    })
    const greetings = Object.entries(SETTINGS).map(([name, value]) => parameterStatus(name, value))
    await send(
      Buffer.concat([
        message('R', int32(0)),
        ...greetings,
        message('K', int32(key.id), key.secret),
        readyForQuery('I'),
      ]),
    )
    for (let next = await reader.next(); next !== null; next = await reader.next()) {
      if (!(await session.take(next))) return
    }
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serve(socket).then(
      () => socket.end(),
      (error: unknown) => {
        // A client that goes away midway is no fault; a message that cannot be read is the client's.
        if (!isGone(error) && !(error instanceof RangeError)) options.onFault(error)
        socket.destroy()
      },
    )
  })
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, options)
  return {
    url: `postgresql://${DATABASE_NAME}@${options.host}:${(server.address() as AddressInfo).port}/${DATABASE_NAME}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

interface LoginOptions {
  readonly send: (bytes: Buffer) => Promise<void>
  readonly cancel: (id: number, secret: Buffer) => void
  readonly isKey: (key: string) => boolean
}

/** @returns whether the client has shown the admin key */
async function login(reader: MessageReader, { send, cancel, isKey }: LoginOptions): Promise<boolean> {
  for (let count = 0; count < MAX_STARTUP_MESSAGES; count++) {
    const body = await reader.startup()
    if (body === null) return false
    const fields = fieldsOf(body)
    const code = fields.int32()
    if (code === CANCEL_REQUEST) {
      cancel(fields.int32(), fields.bytes(4))
      return false
    }
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      await send(Buffer.from('N'))
      continue
    }
    if (code >>> 16 !== PROTOCOL_3 >>> 16) {
      await send(
        errorResponse({ severity: 'FATAL', state: '0A000', text: 'only version 3 of the protocol is spoken here' }),
      )
      return false
    }
    // A newer minor version is answered with ours, as the protocol asks.
    if (code !== PROTOCOL_3) await send(message('v', int32(PROTOCOL_3), int32(0)))
    return passwordShown(reader, { send, isKey })
  }
  return false
}

async function passwordShown(
  reader: MessageReader,
  { send, isKey }: Pick<LoginOptions, 'send' | 'isKey'>,
): Promise<boolean> {
  await send(message('R', int32(3)))
  const answer = await reader.next()
  if (answer?.type !== 'p') return false
  if (isKey(fieldsOf(answer.body).text())) return true
  const text = 'the password is not the admin key of this shop'
  const hint = '"hemline keys --rotate admin" makes a new one'
  await send(errorResponse({ severity: 'FATAL', state: '28P01', text, hint }))
  return false
}

function isAdminKey(keys: KeyStore, key: string, socket: Socket): boolean {
  const address = socket.remoteAddress ?? ''
  const isLocal = address === '::1' || /^(::ffff:)?127\./.test(address)
  const role = keys.roleOf(key, isLocal)
  return role !== null && reaches(role, 'admin')
}

/** Waits for a slow reader, so that answers do not pile up in memory. */
function sender(socket: Socket): (bytes: Buffer) => Promise<void> {
  return async (bytes) => {
    if (socket.destroyed || socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('drain', go)
        socket.off('close', go)
        resolve()
      }
      socket.on('drain', go)
      socket.on('close', go)
    })
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

function listen(server: Server, { host, port }: PostgresOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new HemlineError('HEM_PORT_IN_USE', {
          subject: `port ${port} on ${host}`,
          expected: 'a free port for the PostgreSQL protocol',
          got: messageOf(cause),
          remedy: 'stop what uses it, or choose another with HEMLINE_PG_PORT',
          cause,
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
}
