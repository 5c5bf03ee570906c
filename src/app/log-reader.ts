/**
 * app/log-reader: opens a data folder's stream and model image for reading, whether a Hemline runs on it or not.
 *
 * In: the settings.
 * Out: a reader of the stream, and the newest model image where there is a usable one.
 * Invariant: makes nothing and changes nothing in the folder.
 */
import { existsSync } from 'node:fs'
import { loadImage } from '../parts/model/image.ts'
import type { Model } from '../parts/model/model.ts'
import type { StreamReader } from '../parts/stream/port.ts'
import { HemlineError } from '../std/errors.ts'
import { fileImageStore } from '../wings/embedded/model/file-image-store.ts'
import { openStreamReader } from '../wings/embedded/stream/lmdb-reader.ts'
import type { Config } from './config.ts'
import { dataPaths } from './data-folder.ts'

/** @throws HEM_FILE_UNREADABLE where the folder holds no stream */
export function openLog({ dataFolder }: Config): StreamReader {
  const { stream } = dataPaths(dataFolder)
  if (existsSync(stream)) return openStreamReader({ folder: stream })
  throw new HemlineError('HEM_FILE_UNREADABLE', {
    subject: `data folder ${dataFolder}`,
    expected: 'a stream that Hemline has written',
    got: 'none',
    remedy: 'name the folder with --data or HEMLINE_DATA',
  })
}

/** The newest image; null where there is none, or only one of another version. */
export async function loadNewestImage({ dataFolder }: Config): Promise<Model | null> {
  const image = await fileImageStore(dataPaths(dataFolder).model).load()
  if (image === null) return null
  try {
    return loadImage(image)
  } catch (error) {
    if (error instanceof HemlineError) return null
    throw error
  }
}
