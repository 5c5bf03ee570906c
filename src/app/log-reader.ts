/**
 * app/log-reader: opens a data folder's stream and model image for reading, whether a Hemline runs on it or not.
 *
 * In: the settings.
 * Out: a reader of the stream, the models kept, and what the trimmed part of the log would have told.
 * Invariant: makes nothing and changes nothing in the folder.
 */
import { existsSync } from 'node:fs'
import { loadImage } from '../parts/model/image.ts'
import type { Model } from '../parts/model/model.ts'
import type { Position } from '../parts/stream/position.ts'
import type { StreamReader } from '../parts/stream/port.ts'
import type { StreamRecord } from '../parts/stream/record.ts'
import { HemlineError } from '../std/errors.ts'
import { fileImageStore } from '../wings/embedded/model/file-image-store.ts'
import { openLogBase } from '../wings/embedded/model/log-base.ts'
import { openServingStore } from '../wings/embedded/serving/lmdb-serving.ts'
import { createServingFacts } from '../wings/embedded/serving/serving-facts.ts'
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

/** The models kept, the newest first; one of another version is left out. */
export async function loadModels({ dataFolder }: Config): Promise<readonly Model[]> {
  const paths = dataPaths(dataFolder)
  const images = [await fileImageStore(paths.model).load(), openLogBase(paths.base).image()]
  return images.flatMap((image) => {
    try {
      return image === null ? [] : [loadImage(image)]
    } catch (error) {
      if (error instanceof HemlineError) return []
      throw error
    }
  })
}

/** Up to where the log may have been trimmed; null where it is whole. */
export function basePosition({ dataFolder }: Config): Position | null {
  return openLogBase(dataPaths(dataFolder).base).position()
}

/** Catalogue and rules as they are now, for a log that may have lost the records that told of them; none where it is whole. */
export async function recordsBeforeLog(config: Config): Promise<readonly StreamRecord[]> {
  const { serving: folder } = dataPaths(config.dataFolder)
  if (basePosition(config) === null || !existsSync(folder)) return []
  const serving = openServingStore({ folder, facts: createServingFacts().memory })
  try {
    return [
      { kind: 'products', received_at: '', products: [...serving.products()] },
      { kind: 'rules', received_at: '', put: serving.rules(), removed: [] },
    ]
  } finally {
    await serving.close()
  }
}
