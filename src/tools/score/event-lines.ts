/**
 * score/event-lines: what visitors did, from a file of events.
 *
 * In: NDJSON in the public event format, packed with gzip or not.
 * Out: acts in the order of the file, repeated ids and crawlers left out.
 * Invariant: memory grows with the newest ids alone.
 */
import { dropOldest } from '../../std/oldest.ts'
import { createReadStream, openSync, readSync, closeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { readUserAgent } from '../../parts/event/user-agent.ts'
import { HemlineError } from '../../std/errors.ts'

/** Ids remembered to notice an event that was sent again. */
const IDS_MAXIMUM = 200_000
const PROGRESS_LINES = 20_000

/** The fields read; everything else is left alone. */
export interface EventLine {
  readonly event_id?: string
  readonly event_type: string
  readonly timestamp: string
  readonly visitor_id?: string
  readonly user_id?: string
  readonly product_id?: string
  readonly order_id?: string
  readonly items?: readonly { readonly product_id?: string }[]
  readonly properties?: { readonly user_agent?: string; readonly arm?: string }
}

/** @param onRead told now and then how many bytes of the file were read @throws HEM_FILE_UNREADABLE */
export async function* readEventLines(path: string, onRead?: (bytes: number) => void): AsyncGenerator<EventLine> {
  const seen = new Set<string>()
  let place = 0
  try {
    const file = createReadStream(path)
    const input = isPacked(path) ? file.pipe(createGunzip()) : file
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (++place % PROGRESS_LINES === 0) onRead?.(file.bytesRead)
      if (line === '') continue
      const event = JSON.parse(line) as EventLine
      if (isRepeat(seen, event.event_id) || isCrawler(event)) continue
      yield event
    }
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNREADABLE', {
      subject: `file "${path}" line ${place}`,
      expected: 'one event a line, as JSON',
      got: cause instanceof Error ? cause.message : String(cause),
      remedy: 'check the path and the line',
      cause,
    })
  }
}

function isCrawler({ properties }: EventLine): boolean {
  return properties?.user_agent !== undefined && readUserAgent(properties.user_agent).is_bot
}

function isRepeat(seen: Set<string>, id: string | undefined): boolean {
  if (id === undefined) return false
  if (seen.has(id)) return true
  if (seen.size >= IDS_MAXIMUM) dropOldest(seen)
  seen.add(id)
  return false
}

function isPacked(path: string): boolean {
  const file = openSync(path, 'r')
  const start = Buffer.alloc(2)
  readSync(file, start, 0, 2, 0)
  closeSync(file)
  return start.readUInt16BE(0) === 0x1f8b
}
