/**
 * embedded/model/log-base: what the log came to before its first record that is still kept.
 *
 * In: a model image, and a copy of the serving store that knows at least as much.
 * Out: both, as one thing with its position.
 * Invariant: a base is there whole or not at all. Base and the records after it give what the whole log gave, so records up
 *   to it may be removed from the stream.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedPosition, type Position } from '../../../parts/stream/position.ts'

const IMAGE_FILE = 'model.image'
const SERVING_FOLDER = 'serving'
const UNFINISHED = '.new'

export interface LogBase {
  /** How much of the log it stands for; null where there is none and the log has to be whole. */
  position(): Position | null
  image(): Uint8Array | null
  /**
   * Keeps a newer base in place of the older one.
   *
   * @param copyServing writes the serving store's files into an empty folder
   */
  keep(image: Uint8Array, position: Position, copyServing: (folder: string) => Promise<void>): Promise<void>
  /** Copies the serving store's files of the base into an empty folder; does nothing where there is no base. */
  layOutServing(folder: string): void
}

/** @param folder made where absent */
export function openLogBase(folder: string): LogBase {
  const newest = (): string | null => {
    if (!existsSync(folder)) return null
    return (
      readdirSync(folder)
        .filter((name) => !name.endsWith(UNFINISHED))
        .toSorted()
        .at(-1) ?? null
    )
  }
  return {
    position() {
      const name = newest()
      return name === null ? null : embeddedPosition(Number(name))
    },
    image() {
      const name = newest()
      return name === null ? null : readFileSync(join(folder, name, IMAGE_FILE))
    },
    async keep(image, { sequence_number: name }, copyServing) {
      const unfinished = join(folder, `${name}${UNFINISHED}`)
      rmSync(unfinished, { recursive: true, force: true })
      const serving = join(unfinished, SERVING_FOLDER)
      mkdirSync(serving, { recursive: true, mode: 0o700 })
      writeFileSync(join(unfinished, IMAGE_FILE), image, { mode: 0o600 })
      await copyServing(serving)
      for (const file of readdirSync(serving)) flush(join(serving, file))
      for (const path of [join(unfinished, IMAGE_FILE), serving, unfinished]) flush(path)
      rmSync(join(folder, name), { recursive: true, force: true })
      renameSync(unfinished, join(folder, name))
      flush(folder)
      for (const other of readdirSync(folder)) {
        if (other !== name) rmSync(join(folder, other), { recursive: true, force: true })
      }
    },
    layOutServing(into) {
      const name = newest()
      if (name !== null) cpSync(join(folder, name, SERVING_FOLDER), into, { recursive: true })
    },
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}
