/**
 * app/children/pglite: the demo shop's PostgreSQL, in a process of its own.
 *
 * In: the folder of its files as the only argument; standard input, which stays open as long as the parent lives.
 * Out: one JSON line {"url"} once it takes connections; the database on a socket only this user can reach.
 * Invariant: ends when standard input ends, with everything written.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketHandler } from '@electric-sql/pglite-socket'
import { pgliteGate } from './pglite-gate.ts'

const CONNECTIONS_MAXIMUM = 64

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: pglite.ts FOLDER')
mkdirSync(folder, { recursive: true, mode: 0o700 })
const db = await PGlite.create(folder)
const socketFolder = process.platform === 'win32' ? null : mkdtempSync(join(tmpdir(), 'hemline-shopdb-'))
const server = serve(db)
const url = await listen(server, socketFolder)
process.stdout.write(`${JSON.stringify({ url })}\n`)

let isStopping = false
process.stdin.on('end', () => void stop())
process.stdin.on('close', () => void stop())
// A terminal's Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void stop())
process.stdin.resume()

function serve(database: PGlite): Server {
  const queryQueue = pgliteGate(database)
  const made = createServer((socket) => {
    const handler = new PGLiteSocketHandler({ queryQueue, closeOnDetach: true })
    void handler.attach(socket)
  })
  made.maxConnections = CONNECTIONS_MAXIMUM
  return made
}

/** A socket file in a folder of this user's; where there are none, a free port on the loopback. */
function listen(made: Server, socketIn: string | null): Promise<string> {
  return new Promise((resolve, reject) => {
    made.once('error', reject)
    if (socketIn === null) {
      made.listen(0, '127.0.0.1', () => {
        const address = made.address()
        const port = typeof address === 'object' && address !== null ? address.port : 0
        resolve(`postgresql://postgres@127.0.0.1:${port}/postgres`)
      })
      return
    }
    const path = join(socketIn, '.s.PGSQL.5432')
    made.listen(path, () => {
      chmodSync(path, 0o600)
      resolve(`postgresql://postgres@localhost/postgres?host=${encodeURIComponent(socketIn)}`)
    })
  })
}

async function stop(): Promise<void> {
  if (isStopping) return
  isStopping = true
  server.close()
  await db.close()
  if (socketFolder !== null) rmSync(socketFolder, { recursive: true, force: true })
  process.exit(0)
}
