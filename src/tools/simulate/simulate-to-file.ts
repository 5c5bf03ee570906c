/**
 * simulate/simulate-to-file: a file of clicks, of any length.
 *
 * In: a number of events, a seed, and the time at which they end.
 * Out: an NDJSON file in the public event format, gzipped where its name ends in .gz.
 * Invariant: same options, same bytes; memory does not grow with the number of events beyond one day of them.
 */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { HemlineError } from '../../std/errors.ts'
import { CLICK_EVENTS, simulateClicks } from './clicks.ts'
import { demoShop, type DemoShop } from './demo-shop.ts'
import { lineOf } from './wire-text.ts'

/** A shop this busy would have a billion events a year. */
const FILE_EVENTS_MAXIMUM = 100_000_000
const CHUNK_EVENTS = 2000

/** More events are planned than asked for, so that chance seldom leaves the file short. */
const SPARE_SHARE = 1.01
const SPARE_DEVIATIONS = 3
/** Variance of the number of events against its mean: events come in visits. */
const OVERDISPERSION = 12

export interface FileOptions {
  readonly path: string
  /** 1 to FILE_EVENTS_MAXIMUM. */
  readonly events: number
  readonly seed: number
  readonly nowMs: number
  readonly timeZone: string
  readonly onProgress?: (progress: FileProgress) => void
}

interface FileProgress {
  readonly label: string
  readonly done: number
  readonly total: number
}

/**
 * @returns the number of events written, at most `events`
 * @throws HEM_CONFIG_INVALID, HEM_FILE_UNWRITABLE
 */
export async function simulateToFile(options: FileOptions): Promise<number> {
  if (!(options.events >= 1 && options.events <= FILE_EVENTS_MAXIMUM)) {
    throw new HemlineError('HEM_CONFIG_INVALID', {
      subject: 'number of events',
      expected: `1 to ${FILE_EVENTS_MAXIMUM}`,
      got: String(options.events),
      remedy: 'ask for fewer, or more',
    })
  }
  const spare = SPARE_DEVIATIONS * Math.sqrt(OVERDISPERSION * options.events)
  const shop = demoShop({ ...options, scale: (options.events * SPARE_SHARE + spare) / CLICK_EVENTS })
  const counted = { events: 0 }
  const source = Readable.from(textChunks(shop, options, counted), { objectMode: true, highWaterMark: 2 })
  const file = createWriteStream(options.path)
  try {
    await (options.path.endsWith('.gz') ? pipeline(source, createGzip({ level: 6 }), file) : pipeline(source, file))
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNWRITABLE', {
      subject: options.path,
      expected: 'a file that can be written',
      got: cause instanceof Error ? cause.message : String(cause),
      remedy: 'correct the path, or make room on the disk',
      cause,
    })
  }
  return counted.events
}

function* textChunks(shop: DemoShop, options: FileOptions, counted: { events: number }): Generator<string> {
  let lines: string[] = []
  const flush = () => {
    options.onProgress?.({ label: 'simulate', done: counted.events, total: options.events })
    const text = `${lines.join('\n')}\n`
    lines = []
    return text
  }
  for (const event of simulateClicks(shop)) {
    lines.push(lineOf(event))
    counted.events += 1
    if (lines.length === CHUNK_EVENTS) yield flush()
    if (counted.events === options.events) break
  }
  if (lines.length > 0) yield flush()
}
