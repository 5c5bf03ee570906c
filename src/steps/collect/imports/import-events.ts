/**
 * collect/imports/import-events: a file of events through the same door as live ones.
 *
 * In: a file, its format, the collector.
 * Out: events in the stream in order of their time; what was refused, with line numbers.
 * Guarantee: at least once; ids are made of format, line number and line, so that importing twice changes nothing.
 * Invariant: rows = stored + duplicates + rejected; a row that cannot be read is kept in quarantine, and the rest goes on.
 */
import { createHash } from 'node:crypto'
import type { RefusedEvent } from '../../../parts/event/event.ts'
import type { Position } from '../../../parts/stream/position.ts'
import type { Collector } from '../collector.ts'
import { hemlineRows } from './hemline-rows.ts'
import { lineText, openLineFile, type LineFile } from './line-file.ts'
import { retailrocketRows } from './retailrocket-rows.ts'
import type { ReadRow, Row, RowFormat, RowReader } from './row-format.ts'
import { uciClothingRows } from './uci-clothing-rows.ts'

export const IMPORT_FORMATS = ['hemline', 'retailrocket', 'uci-clothing'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

const FORMATS: Readonly<Record<ImportFormat, RowFormat>> = {
  hemline: hemlineRows,
  retailrocket: retailrocketRows,
  'uci-clothing': uciClothingRows,
}

const ROWS_PER_BATCH = 1000
/** Errors listed with their line; the count is always complete. */
export const MAX_LISTED_ERRORS = 100
const MAX_DERIVED_PRODUCTS = 1_000_000
const MAX_KEPT_CHARACTERS = 16_384
const BYTE_ORDER_MARK = '\uFEFF'

export interface ImportEventsOptions {
  readonly path: string
  readonly format: ImportFormat
  readonly collector: Pick<Collector, 'collect' | 'putProducts' | 'isKnownProduct'>
  /** Told after each batch; `done` rows of `total`. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface ImportError {
  /** From 1, the header counted. */
  readonly line: number
  readonly code: string
  readonly message: string
}

export interface ImportResult {
  readonly rows: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  /** Products made from the rows because the catalogue did not hold them. */
  readonly products: number
  /** The first refusals. */
  readonly errors: readonly ImportError[]
  /** Covers everything imported; null where the file held no row. */
  readonly last: Position | null
}

/** @throws HEM_FILE_UNREADABLE, HEM_IMPORT_FORMAT, and what the collector throws */
export async function importEvents(options: ImportEventsOptions): Promise<ImportResult> {
  const file = await openLineFile(options.path)
  try {
    const reader = FORMATS[options.format]((file.count > 0 ? textAt(file, 0) : null) ?? '')
    const { order, products } = survey(file, reader)
    const made = await putUnknown(products, options.collector)
    return { ...(await importRows(file, { ...options, reader, order })), products: made }
  } finally {
    file.close()
  }
}

interface Survey {
  /** Indexes of the lines that are rows, by time. */
  readonly order: Uint32Array
  readonly products: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

/** Reads everything once: to sort by time, and to learn which products there are. */
function survey(file: LineFile, reader: RowReader): Survey {
  const times = new Float64Array(file.count)
  const rows = new Uint32Array(file.count)
  const products = new Map<string, Readonly<Record<string, unknown>>>()
  if (reader.survey !== undefined) {
    for (let index = reader.headerLines; index < file.count; index++) {
      const line = textAt(file, index)
      if (line !== null && line !== '') reader.survey(line)
    }
  }
  let count = 0
  let isSorted = true
  let newest = Number.NEGATIVE_INFINITY
  for (let index = reader.headerLines; index < file.count; index++) {
    if (file.bytes(index).length === 0) continue
    const row = rowAt(file, reader, index)
    rows[count++] = index
    // What has no time goes first; it will be refused.
    times[index] = 'fault' in row || Number.isNaN(row.timeMs) ? Number.NEGATIVE_INFINITY : row.timeMs
    if (times[index] < newest) isSorted = false
    else newest = times[index]
    const product = 'fault' in row ? undefined : row.product
    if (product !== undefined && products.size < MAX_DERIVED_PRODUCTS && !products.has(product.id)) {
      products.set(product.id, product)
    }
  }
  const order = rows.subarray(0, count)
  if (!isSorted) order.sort((a, b) => (times[a] === times[b] ? a - b : times[a] - times[b]))
  return { order, products }
}

async function putUnknown(products: Survey['products'], collector: ImportEventsOptions['collector']): Promise<number> {
  const unknown = [...products].filter(([id]) => !collector.isKnownProduct(id)).map(([, product]) => product)
  let made = 0
  for (let from = 0; from < unknown.length; from += ROWS_PER_BATCH) {
    made += (await collector.putProducts(unknown.slice(from, from + ROWS_PER_BATCH))).accepted
  }
  return made
}

async function importRows(
  file: LineFile,
  given: ImportEventsOptions & { readonly reader: RowReader; readonly order: Uint32Array },
): Promise<Omit<ImportResult, 'products'>> {
  const { order, collector } = given
  const totals = { rows: order.length, stored: 0, duplicates: 0, rejected: 0 }
  const errors: ImportError[] = []
  let last: Position | null = null
  for (let from = 0; from < order.length; from += ROWS_PER_BATCH) {
    const lines = order.subarray(from, from + ROWS_PER_BATCH)
    const { events, eventLines, refused } = batchOf(file, lines, given)
    const answer = await collector.collect({ events, refused, origin: 'import' })
    totals.stored += answer.accepted
    totals.duplicates += answer.duplicates
    totals.rejected += answer.rejected.length
    for (const [nth, { index, code, message }] of answer.rejected.entries()) {
      if (errors.length >= MAX_LISTED_ERRORS) break
      // The collector names unreadable rows first, by their line, then refused events by their place.
      errors.push({ line: nth < refused.length ? index : eventLines[index] + 1, code, message })
    }
    last = answer.last
    given.onProgress?.(from + lines.length, order.length)
  }
  return { ...totals, errors, last }
}

interface Batch {
  readonly events: unknown[]
  /** For each event the index of its line. */
  readonly eventLines: number[]
  readonly refused: RefusedEvent[]
}

function batchOf(
  file: LineFile,
  lines: Uint32Array,
  { reader, format }: { readonly reader: RowReader; readonly format: ImportFormat },
): Batch {
  const batch: Batch = { events: [], eventLines: [], refused: [] }
  for (const index of lines) {
    const row = rowAt(file, reader, index)
    if ('fault' in row) {
      const body = file.bytes(index).subarray(0, MAX_KEPT_CHARACTERS).toString('utf8')
      batch.refused.push({ index: index + 1, code: 'HEM_IMPORT_ROW_UNREADABLE', message: row.fault, body })
      continue
    }
    batch.events.push(withId(row, { format, index, bytes: file.bytes(index) }))
    batch.eventLines.push(index)
  }
  return batch
}

/** An id of its own is kept; else one that the same line of the same file always gets. */
function withId(
  row: ReadRow,
  { format, index, bytes }: { readonly format: ImportFormat; readonly index: number; readonly bytes: Buffer },
): unknown {
  const own = row.event['event_id']
  if (own !== undefined && own !== null && own !== '') return row.event
  const hash = createHash('sha256')
    .update(`${format}\n${index + 1}\n`)
    .update(bytes)
    .digest('hex')
  return { ...row.event, event_id: `import-${hash.slice(0, 32)}` }
}

function rowAt(file: LineFile, reader: RowReader, index: number): Row {
  const line = textAt(file, index)
  return line === null ? { fault: 'the row is too long, or not UTF-8' } : reader.read(line)
}

function textAt(file: LineFile, index: number): string | null {
  const text = lineText(file.bytes(index))
  return index === 0 && text !== null && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}
