/**
 * deliver/fresh-tail: events on disk in the stream that the landing zone does not hold yet, as a file.
 *
 * In: the position that landing.clickstreams has reached.
 * Out: one file of landing rows as lines of JSON, and the SELECT that reads it.
 * Guarantee: the landing snapshot and this file together hold each event once, up to the newest at the time of the call.
 * Invariant: the file's path never changes; it grows until the lake catches up, then starts anew.
 */
import { appendFile, rename, writeFile } from 'node:fs/promises'
import { LANDING_CLICKSTREAMS } from '../../parts/lake/clickstream-tables.ts'
import { quoteName, quoteText, sqlType, type TableDefinition } from '../../parts/lake/schema.ts'
import { formatCheckpoint } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import { readBatch } from './batch.ts'

/** More than this waits for the next delivery, so that a question never waits for a backlog. */
const MAX_TAIL_ROWS = 50_000
const MAX_TAIL_BYTES = 48 * 1024 * 1024
/** Longest line; the engine sets aside twice this for each thread, and 16 MiB unless told. */
const MAX_LINE_BYTES = 256 * 1024

export interface FreshTail {
  /** Makes the file hold the events after `after`. Not to be called while the file is being read. */
  refresh(after: Position | null): Promise<{ readonly rows: number; readonly upto: Position | null }>
  /** An empty file in place of the one that is there; who is reading that one reads on. */
  empty(): Promise<void>
}

export async function openFreshTail(reader: StreamReader, path: string): Promise<FreshTail> {
  let start = ''
  let upto: Position | null = null
  let rows = 0
  let bytes = 0
  await writeFile(path, '')
  const empty = async (): Promise<void> => {
    await writeFile(`${path}.new`, '')
    await rename(`${path}.new`, path)
    start = ''
  }
  return {
    empty,
    async refresh(after) {
      const wanted = after === null ? 'oldest' : formatCheckpoint(after)
      if (wanted !== start) {
        await empty()
        start = wanted
        upto = after
        rows = 0
        bytes = 0
      }
      if (rows >= MAX_TAIL_ROWS || bytes >= MAX_TAIL_BYTES) return { rows, upto }
      const batch = await readBatch(reader, upto, { maxRows: MAX_TAIL_ROWS - rows, maxBytes: MAX_TAIL_BYTES - bytes })
      const mine = batch.records.filter((record) => record.table === 'landing.clickstreams')
      const lines = mine.flatMap((record) => record.lines)
      if (lines.length > 0) {
        const text = `${lines.join('\n')}\n`
        await appendFile(path, text)
        bytes += text.length
      }
      rows += lines.length
      upto = batch.upto
      return { rows, upto }
    },
  }
}

/** Reads the file with the types of landing.clickstreams. */
export function freshTailSelect(path: string): string {
  return linesSelect(LANDING_CLICKSTREAMS, path)
}

/** Reads lines of JSON with the types of a landing table. */
export function linesSelect({ columns }: TableDefinition, path: string): string {
  const types = columns.map(({ name, type }) => {
    const jsonType = type === 'timestamp' ? 'TIMESTAMPTZ' : sqlType(type)
    return `${quoteName(name)}: ${quoteText(jsonType)}`
  })
  const casts = columns.map(({ name, type }) => `CAST(${quoteName(name)} AS ${sqlType(type)}) AS ${quoteName(name)}`)
  const options = `format = 'newline_delimited', ignore_errors = true, maximum_object_size = ${MAX_LINE_BYTES}, columns = {${types.join(', ')}}`
  return `SELECT ${casts.join(', ')} FROM read_json(${quoteText(path)}, ${options})`
}
