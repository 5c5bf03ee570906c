/**
 * simulate/simulate-to-file: a file of clicks, of any length.
 *
 * In: a number of events, a seed, and the time at which they end.
 * Out: an NDJSON file in the public event format, gzipped where its name ends in .gz; with a story its truth and products.
 * Invariant: same options, same bytes; memory does not grow with the number of events beyond one day of them.
 */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { HemlineError } from '../../std/errors.ts'
import type { Product } from '../../parts/event/product.ts'
import { HISTORY_DAYS } from './catalogue.ts'
import { CLICK_DAYS, CLICK_EVENTS, daysOfClicks } from './clicks.ts'
import { demoShop, type DemoShop } from './demo-shop.ts'
import { bytesAtMost, writeLine } from './line.ts'
import { writeTruth } from './truth.ts'

/** A shop this busy would have a billion events a year. */
const FILE_EVENTS_MAXIMUM = 100_000_000
/** A day is made in memory before it is put in order. */
const DAY_EVENTS_MAXIMUM = 1_000_000
const CHUNK_BYTES = 512 * 1024

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
  /** Days before "now" over which the events spread, 1 to 730; 30 where absent. */
  readonly days?: number
  /** A catalogue to use instead of 2,000 made products. */
  readonly catalogue?: readonly Product[]
  /** Trends to plant, and files for the truth about the shop and for its products. */
  readonly story?: { readonly trends: number; readonly truthPath: string; readonly productsPath: string }
  readonly onProgress?: (progress: FileProgress) => void
}

interface FileProgress {
  readonly label: string
  readonly done: number
  readonly total: number
}

/**
 * @returns the number of events written: `events` at most, or about as many with a story
 * @throws HEM_CONFIG_INVALID, HEM_FILE_UNWRITABLE
 */
export async function simulateToFile(options: FileOptions): Promise<number> {
  const days = Math.min(HISTORY_DAYS, Math.max(1, options.days ?? CLICK_DAYS))
  const most = Math.min(FILE_EVENTS_MAXIMUM, days * DAY_EVENTS_MAXIMUM)
  if (!(options.events >= 1 && options.events <= most)) {
    throw new HemlineError('HEM_CONFIG_INVALID', {
      subject: 'number of events',
      expected: `1 to ${most} in ${days} days`,
      got: String(options.events),
      remedy: 'ask for fewer, or for more days',
    })
  }
  const { story, ...shopOptions } = options
  const shop = demoShop({
    ...shopOptions,
    scale: ((plannedEvents(options) / CLICK_EVENTS) * CLICK_DAYS) / days,
    ...(story === undefined ? {} : { story: { days, trends: story.trends } }),
  })
  const counted = { events: 0 }
  const source = Readable.from(byteChunks(shop, { ...options, days }, counted), { objectMode: true, highWaterMark: 2 })
  const file = createWriteStream(options.path)
  try {
    if (story !== undefined) writeTruth(shop, { ...story, eventsPath: options.path, days })
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

/** A story runs to its end, whatever it comes to. */
function plannedEvents({ events, story }: FileOptions): number {
  if (story !== undefined) return events
  return events * SPARE_SHARE + SPARE_DEVIATIONS * Math.sqrt(OVERDISPERSION * events)
}

function* byteChunks(
  shop: DemoShop,
  options: FileOptions & { readonly days: number },
  counted: { events: number },
): Generator<Buffer> {
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let used = 0
  const flush = () => {
    options.onProgress?.({ label: 'simulate', done: counted.events, total: options.events })
    const full = buffer.subarray(0, used)
    buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    used = 0
    return full
  }
  const most = options.story === undefined ? options.events : Infinity
  for (const lines of daysOfClicks(shop, options.days)) {
    for (const line of lines) {
      if (counted.events === most) break
      if (used + bytesAtMost(line) > CHUNK_BYTES) yield flush()
      used = writeLine(line, buffer, used)
      counted.events += 1
    }
    if (counted.events === most) break
  }
  if (used > 0) yield flush()
}
