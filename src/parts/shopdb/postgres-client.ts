/**
 * shopdb/postgres-client: one connection to a PostgreSQL, with the world's faults turned into coded errors.
 *
 * In: a URL such as postgresql://reader:secret@db.example/shop, or the same in pieces with the authority that signs its server.
 * Out: `query` for one statement, `copy` for a COPY … TO STDOUT, and `end`; `inTransaction` around several.
 * Invariant: the password never stands in a message.
 */
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { Client, type ClientConfig } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { HemlineError, messageOf } from '../../std/errors.ts'
import type { ErrorCode } from '../../std/error-codes.ts'

const CONNECT_TIMEOUT_MS = 10_000

export type TextRow = Readonly<Record<string, string | null>>

export interface PostgresClient {
  /** Rows with every value as the database writes it, text or null; select what must be exact as text. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly TextRow[]>
  /** Hands over the bytes of a COPY … TO STDOUT; the next chunk waits for the promise. What `take` throws passes through. */
  copy(sql: string, take: (bytes: Uint8Array) => Promise<void>): Promise<void>
  end(): Promise<void>
}

export type ConnectPostgres = () => Promise<PostgresClient>

/**
 * One transaction on a connection of its own.
 *
 * @param begin statements that open it, in order
 */
export async function inTransaction<Result>(
  connect: ConnectPostgres,
  begin: readonly string[],
  work: (client: PostgresClient) => Promise<Result>,
): Promise<Result> {
  const client = await connect()
  try {
    for (const statement of begin) await client.query(statement)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } finally {
    // Closing the connection rolls back whatever is open.
    await client.end()
  }
}

/** Where a database answers and who asks, when that is not one URL. */
export interface PostgresAddress {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** PEM of the authorities that may have signed the server's certificate, which must name the host. */
  readonly authorities: string
}

/** @throws HEM_CONFIG_INVALID for no URL, HEM_SHOPDB_UNREACHABLE, HEM_SHOPDB_REFUSED */
export async function connectPostgres(address: string | PostgresAddress): Promise<PostgresClient> {
  const subject = typeof address === 'string' ? subjectOf(address) : `shop database ${address.host}/${address.database}`
  const client = new Client({
    ...(typeof address === 'string' ? { connectionString: address } : encrypted(address)),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'hemline',
    keepAlive: true,
    types: { getTypeParser: () => (value: string) => value },
  })
  // A connection that breaks between two queries tells it here; the next query then fails with its own error.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    await client.end().catch(() => undefined)
    throw faultOf(cause, subject, 'HEM_SHOPDB_UNREACHABLE')
  }
  return {
    async query(sql, values) {
      try {
        const answer = await client.query<TextRow>(sql, values === undefined ? undefined : [...values])
        return answer.rows
      } catch (cause) {
        throw faultOf(cause, subject, 'HEM_SHOPDB_READ')
      }
    },
    async copy(sql, take) {
      const chunks = client.query(copyTo(sql))[Symbol.asyncIterator]()
      for (;;) {
        let next: IteratorResult<unknown>
        try {
          next = await chunks.next()
        } catch (cause) {
          throw faultOf(cause, subject, 'HEM_SHOPDB_READ')
        }
        if (next.done === true) return
        await take(next.value as Uint8Array)
      }
    },
    async end() {
      await client.end().catch(() => undefined)
    },
  }
}

/** As PostgreSQL's own `verify-full`. */
function encrypted({ authorities, ...place }: PostgresAddress): ClientConfig {
  // Without this a host that is an address would not be checked against the certificate.
  const checkServer = (_name: string, certificate: PeerCertificate) => checkServerIdentity(place.host, certificate)
  return { ...place, ssl: { ca: authorities, rejectUnauthorized: true, checkServerIdentity: checkServer } }
}

const EXPECTED: Partial<Record<ErrorCode, readonly [expected: string, remedy: string]>> = {
  HEM_SHOPDB_UNREACHABLE: ['an answer', 'start the database, or correct its host and port (HEMLINE_SHOPDB_URL)'],
  HEM_SHOPDB_REFUSED: ['to be let in', 'correct user, password and database (HEMLINE_SHOPDB_URL)'],
  HEM_SHOPDB_SCHEMA: ['tables and columns that this user may read', 'GRANT SELECT on them, or map their names'],
  HEM_SHOPDB_READ: ['the whole answer', 'run the night again; nothing was changed'],
}

function faultOf(cause: unknown, subject: string, otherwise: ErrorCode): HemlineError {
  const code = errorCodeOf(cause, otherwise)
  const [expected, remedy] = EXPECTED[code] ?? ['success', 'see the cause']
  return new HemlineError(code, { subject, expected, got: causeText(cause), remedy, cause })
}

/** Sorts by SQLSTATE, else by the socket's error name. */
function errorCodeOf(cause: unknown, otherwise: ErrorCode): ErrorCode {
  const state = stateOf(cause)
  if (/^(28|3D)/u.test(state)) return 'HEM_SHOPDB_REFUSED'
  if (/^(42P01|42703|42501|3F000)$/u.test(state)) return 'HEM_SHOPDB_SCHEMA'
  if (/^(08|57P03|53300|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)/u.test(state)) {
    return 'HEM_SHOPDB_UNREACHABLE'
  }
  return otherwise
}

function stateOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
}

function causeText(cause: unknown): string {
  const message = messageOf(cause)
  return message === '' ? stateOf(cause) : `"${message}"`
}

/** Where the database is, without user and password. */
function subjectOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^postgres(ql)?:$/u.test(parsed.protocol)) {
    throw new HemlineError('HEM_CONFIG_INVALID', {
      subject: 'HEMLINE_SHOPDB_URL',
      expected: 'postgresql://user:password@host:port/database',
      got: parsed === null ? 'no URL' : `a URL that begins with ${parsed.protocol}`,
      remedy: 'correct the URL',
    })
  }
  const host = parsed.searchParams.get('host') ?? parsed.host
  return `shop database ${host}${parsed.pathname}`
}
