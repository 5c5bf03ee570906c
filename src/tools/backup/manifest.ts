/**
 * backup/manifest: what a backup holds, as one small file beside the stored bytes.
 *
 * In: the files of a data folder, each with the SHA-256 of its bytes.
 * Out: the manifest as text, and back; where in a store bytes lie.
 * Invariant: bytes lie under the SHA-256 of what they are, so that equal files are stored once and none is ever changed.
 */
import type { FileStore } from '../../parts/lake/port.ts'
import { HemlineError } from '../../std/errors.ts'

export interface BackedFile {
  /** Below the data folder, with forward slashes. */
  readonly path: string
  readonly bytes: number
  /** Of its bytes, hexadecimal. */
  readonly sha256: string
}

export interface BackupManifest {
  readonly format: 1
  /** ISO 8601 UTC; everything acknowledged before it is in the backup. */
  readonly made_at: string
  /** Which installation it is of; tells nothing else. */
  readonly owner: string
  readonly files: readonly BackedFile[]
}

const MANIFEST_FOLDER = 'manifests'
export const STORED_FOLDER = 'files'
const NAME = /^manifests\/[0-9T-]+Z\.json$/

export function storedPath(sha256: string): string {
  return `${STORED_FOLDER}/${sha256.slice(0, 2)}/${sha256}`
}

/** Names sort as times do. */
export function manifestPath(madeAt: string): string {
  return `${MANIFEST_FOLDER}/${madeAt.replaceAll(/[:.]/g, '-')}.json`
}

/** Paths of all manifests, the newest last. */
export async function manifestPaths(store: FileStore): Promise<readonly string[]> {
  const paths = (await store.list(MANIFEST_FOLDER)).map(({ path }) => path)
  return paths.filter((path) => NAME.test(path)).toSorted()
}

/** The newest manifest, or null. @throws HEM_BACKUP_BROKEN */
export async function newestManifest(store: FileStore): Promise<BackupManifest | null> {
  const path = (await manifestPaths(store)).at(-1)
  return path === undefined ? null : readManifest(path, Buffer.from(await store.read(path)).toString('utf8'))
}

function readManifest(path: string, text: string): BackupManifest {
  try {
    const manifest = JSON.parse(text) as BackupManifest
    if (manifest.format === 1 && manifest.files.every(isWellNamed)) return manifest
  } catch (cause) {
    throw brokenManifest(path, 'text that is none', cause)
  }
  throw brokenManifest(path, 'one of another format')
}

/** A manifest that was tampered with must not make a restore write outside of its folder. */
function isWellNamed({ path, sha256, bytes }: BackedFile): boolean {
  const isInside =
    !path.startsWith('/') && path.split('/').every((name) => name !== '' && name !== '..' && name !== '.')
  return isInside && /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(bytes)
}

function brokenManifest(path: string, got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_BACKUP_BROKEN', {
    subject: path,
    expected: 'a manifest that this version of Hemline wrote',
    got,
    remedy: 'take another copy of the backup, or a Hemline of the version that made it',
    cause,
  })
}
