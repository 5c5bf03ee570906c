/**
 * test/contract/local-postgres: a real PostgreSQL server for one test file, where one is installed.
 *
 * In: `HEMLINE_TEST_POSTGRES_URL`, or the server's programs in Debian's place.
 * Out: a URL with a password, and a way to end it; or the reason why there is none.
 * Invariant: its files lie in a temporary folder and are removed with it.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const DEBIAN_FOLDER = '/usr/lib/postgresql'
const READY_TIMEOUT_MS = 30_000

export interface LocalPostgres {
  readonly url: string
  /** PEM of the authority that signed the server's certificate for "localhost"; null where it speaks no TLS. */
  readonly authority: string | null
  stop(): Promise<void>
}

/** Why no server can be started, or null where one can. */
export function missingPostgres(): string | null {
  if (process.env.HEMLINE_TEST_POSTGRES_URL !== undefined || binFolder() !== null) return null
  return 'skipped: needs HEMLINE_TEST_POSTGRES_URL or a server under /usr/lib/postgresql'
}

/** Why the server speaks no TLS, or null where it does. */
export function missingTls(): string | null {
  if (process.env.HEMLINE_TEST_POSTGRES_URL === undefined && hasOpenssl()) return null
  return ' (skipped: needs openssl and a server under /usr/lib/postgresql)'
}

function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0
}

export async function startPostgres(): Promise<LocalPostgres> {
  const given = process.env.HEMLINE_TEST_POSTGRES_URL
  if (given !== undefined) return { url: given, authority: null, stop: () => Promise.resolve() }
  const bin = binFolder()
  if (bin === null) throw new Error('no PostgreSQL server')
  const owner = serverUser()
  const folder = mkdtempSync(join(tmpdir(), 'hemline-postgres-'))
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, 'sesame')
  if (owner !== null) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const as = { cwd: folder, ...owner }
  const access = ['--auth=scram-sha-256', '--username=shop', `--pwfile=${passwordFile}`]
  execFileSync(join(bin, 'initdb'), ['-D', data, '--encoding=UTF8', '--no-sync', ...access], { ...as, stdio: 'ignore' })
  const port = await freePort()
  const authority = makeCertificates(folder, owner)
  const tls =
    authority === null ? [] : ['ssl=on', `ssl_cert_file=${folder}/server.pem`, `ssl_key_file=${folder}/server.key`]
  const settings = [
    ...tls,
    'fsync=off',
    `unix_socket_directories=${folder}`,
    'listen_addresses=127.0.0.1',
    `port=${port}`,
  ]
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], as)
  const exited = new Promise((resolve) => {
    server.once('exit', resolve)
  })
  await untilReady(server.stderr)
  return {
    url: `postgresql://shop:sesame@127.0.0.1:${port}/postgres`,
    authority,
    async stop() {
      server.kill('SIGINT')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An authority and a server's certificate for "localhost"; null where no openssl is at hand. */
function makeCertificates(folder: string, owner: { readonly uid: number; readonly gid: number } | null): string | null {
  const at = (name: string): string => join(folder, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const openssl = (...args: readonly string[]): unknown => execFileSync('openssl', args, { stdio: 'ignore' })
  if (!hasOpenssl()) return null
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('authority.key'),
    '-out',
    at('authority.pem'),
    '-subj',
    '/CN=authority',
  )
  openssl('req', ...newKey, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=localhost')
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost')
  const signer = ['-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial']
  openssl('x509', '-req', '-in', at('server.csr'), ...signer, '-extfile', at('names'), '-out', at('server.pem'))
  if (owner !== null) for (const name of ['server.key', 'server.pem']) chownSync(at(name), owner.uid, owner.gid)
  chmodSync(at('server.key'), 0o600)
  return readFileSync(at('authority.pem'), 'utf8')
}

function binFolder(): string | null {
  if (!existsSync(DEBIAN_FOLDER)) return null
  const newest = readdirSync(DEBIAN_FOLDER).sort().at(-1)
  const bin = newest === undefined ? '' : join(DEBIAN_FOLDER, newest, 'bin')
  return existsSync(join(bin, 'initdb')) ? bin : null
}

/** The server refuses to run as root; Debian's package makes a user for it. */
function serverUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: id('-u'), gid: id('-g') }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function untilReady(log: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timeout = setTimeout(() => reject(new Error(`no PostgreSQL within 30 s: ${text}`)), READY_TIMEOUT_MS)
    log.on('data', (data: Buffer) => {
      text += data.toString()
      if (!text.includes('ready to accept connections')) return
      clearTimeout(timeout)
      resolve()
    })
  })
}
