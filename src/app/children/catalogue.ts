/**
 * app/children/catalogue: a PostgreSQL that holds the lake's tables without their rows, so that tools can look around.
 *
 * In: the folder of its files as the only argument; lines of JSON on stdin: protocol messages, base64.
 * Out: one line of JSON on stdout for each: what the server answered, base64, always ended by ReadyForQuery.
 * Invariant: each exchange runs in one read-only transaction of a role without rights; it ends when stdin closes.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PGlite } from '@electric-sql/pglite'
import { DEFAULT_ZONES } from '../../parts/sql/port.ts'
import { messageOf } from '../../std/errors.ts'
import { catalogueStatements, DATABASE_NAME } from '../postgres/catalogue-tables.ts'

const parent = process.argv[2]
if (parent === undefined) throw new Error('usage: catalogue.ts FOLDER')
const statements = catalogueStatements()
// Other tables make another folder, so that what a new version shows is never what an old one made.
const folder = join(parent, createHash('sha256').update(statements).digest('hex').slice(0, 16))
const db = await openCatalogue()
await db.exec(`SET SESSION AUTHORIZATION ${DATABASE_NAME};
  SET search_path = ${DEFAULT_ZONES.join(', ')};
  SET default_transaction_read_only = on`)

let pending: Promise<void> = Promise.resolve()
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  pending = pending.then(() => exchange(line))
})
lines.on('close', () => process.exit(0))
// A terminal's Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on('SIGINT', () => undefined)
send({ type: 'ready' })

async function exchange(line: string): Promise<void> {
  const { id, messages } = JSON.parse(line) as { id: number; messages: string }
  try {
    const answer = await db.execProtocolRaw(Buffer.from(messages, 'base64'))
    send({ type: 'answer', id, messages: Buffer.from(answer).toString('base64') })
  } catch (error) {
    send({ type: 'fault', id, message: messageOf(error) })
  }
}

/** Making it anew takes seconds, opening it one: so it is kept, and made again if it cannot be opened. */
async function openCatalogue(): Promise<PGlite> {
  if (!existsSync(folder)) await make()
  try {
    return await PGlite.create(folder, { database: DATABASE_NAME })
  } catch {
    await make()
    return PGlite.create(folder, { database: DATABASE_NAME })
  }
}

async function make(): Promise<void> {
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  for (const old of readdirSync(parent)) rmSync(join(parent, old), { recursive: true, force: true })
  const unfinished = `${folder}.new`
  const fresh = await PGlite.create(unfinished)
  await fresh.exec(statements)
  await fresh.close()
  renameSync(unfinished, folder)
}

function send(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
