/**
 * app/data-folder: who owns a data folder, and where things lie in it.
 *
 * In: the folder's path.
 * Out: its inner paths; a lock that one process at a time can hold; the owner's address for other processes.
 * Invariant: the lock is gone with the process, however it ends.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HemlineError } from '../std/errors.ts'
import { STAGING_FOLDER } from '../wings/embedded/lake/file-store.ts'

export interface DataPaths {
  readonly root: string
  readonly stream: string
  readonly serving: string
  readonly model: string
  /** What the trimmed part of the log came to. */
  readonly base: string
  readonly lake: string
  readonly shopdb: string
  readonly work: string
  readonly serverFile: string
}

export function dataPaths(root: string): DataPaths {
  return {
    root,
    stream: join(root, 'stream'),
    serving: join(root, 'serving'),
    model: join(root, 'model'),
    base: join(root, 'base'),
    lake: join(root, 'lake'),
    shopdb: join(root, 'shopdb'),
    work: join(root, 'work'),
    serverFile: join(root, 'server.json'),
  }
}

/** What another process needs to talk to the owner; the file is readable by its user only. */
export interface ServerAddress {
  readonly pid: number
  readonly url: string
  readonly token: string
}

export interface FolderLock {
  readonly paths: DataPaths
  announce(address: ServerAddress): void
  release(): Promise<void>
}

/**
 * Makes the folder where absent and takes its lock.
 *
 * @throws HEM_DATA_FOLDER_IN_USE, HEM_DATA_FOLDER_UNUSABLE
 */
export async function lockFolder(root: string): Promise<FolderLock> {
  try {
    for (const folder of [root, join(root, 'work'), join(root, 'model')])
      mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unusable(root, cause)
  }
  const paths = dataPaths(root)
  const server = await listen(lockAddress(root), root)
  removeLeftovers(paths)
  return {
    paths,
    announce(address) {
      const fresh = `${paths.serverFile}.new`
      writeFileSync(fresh, `${JSON.stringify(address)}\n`, { mode: 0o600 })
      renameSync(fresh, paths.serverFile)
    },
    release() {
      rmSync(paths.serverFile, { force: true })
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** What a killed process had on its way: nobody reads it any more, and it may hold what people did. */
function removeLeftovers({ work, lake }: DataPaths): void {
  for (const folder of [work, join(lake, STAGING_FOLDER)]) {
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** The process that owns the folder, if one is alive and has announced itself. */
export async function findOwner(root: string): Promise<ServerAddress | null> {
  try {
    const address = JSON.parse(readFileSync(dataPaths(root).serverFile, 'utf8')) as ServerAddress
    return (await answers(lockAddress(root))) ? address : null
  } catch {
    return null
  }
}

/** A socket named after the folder: the kernel removes it with its process, so no stale lock stays behind. */
function lockAddress(root: string): string {
  const name = `hemline-${createHash('sha256').update(realpathSync(root)).digest('hex').slice(0, 24)}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.sock`)
}

async function listen(address: string, root: string): Promise<Server> {
  const isFile = address.startsWith('/')
  if (isFile && !(await answers(address))) rmSync(address, { force: true })
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end())
    server.once('error', (cause) => reject(inUse(root, cause)))
    server.listen(address, () => {
      server.unref()
      resolve(server)
    })
  })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function inUse(root: string, cause: unknown): HemlineError {
  return new HemlineError('HEM_DATA_FOLDER_IN_USE', {
    subject: `data folder ${root}`,
    expected: 'no other Hemline on it',
    got: 'one that is running',
    remedy: 'stop it, or give this one another folder with HEMLINE_DATA',
    cause,
  })
}

function unusable(root: string, cause: unknown): HemlineError {
  return new HemlineError('HEM_DATA_FOLDER_UNUSABLE', {
    subject: `data folder ${root}`,
    expected: 'a folder this user may write to',
    got: cause instanceof Error ? cause.message : String(cause),
    remedy: 'correct its rights, or choose another with HEMLINE_DATA',
    cause,
  })
}
