/**
 * collect/imports/hemline-rows: files of Hemline's own events.
 *
 * In: one JSON object a line; or CSV whose header names the event's fields.
 * Out: the events as they stand.
 * Invariant: columns that hold objects (items, properties, consent) are JSON.
 */
import { parse } from 'csv-parse/sync'
import { parseTime } from '../../../parts/event/time.ts'
import { wrongFormat, type Row, type RowFormat } from './row-format.ts'

const JSON_COLUMNS: ReadonlySet<string> = new Set(['items', 'properties', 'consent'])

export const hemlineRows: RowFormat = (firstLine) => {
  if (firstLine.trimStart().startsWith('{')) return { headerLines: 0, read: readJsonRow }
  const columns = firstLine.split(',').map((name) => name.trim())
  if (!columns.includes('event_type')) {
    throw wrongFormat('hemline', 'a JSON object a line, or CSV with a column event_type', firstLine)
  }
  return { headerLines: 1, read: (line) => readCsvRow(line, columns) }
}

function readJsonRow(line: string): Row {
  try {
    return withTime(JSON.parse(line))
  } catch {
    return { fault: 'the row is not JSON' }
  }
}

function readCsvRow(line: string, columns: readonly string[]): Row {
  try {
    const [fields] = parse(line, { relax_column_count: true })
    if (fields.length !== columns.length) return { fault: `${columns.length} fields expected, got ${fields.length}` }
    const event: Record<string, unknown> = {}
    for (const [nth, name] of columns.entries()) {
      if (fields[nth] === '') continue
      event[name] = JSON_COLUMNS.has(name) ? JSON.parse(fields[nth]) : fields[nth]
    }
    return withTime(event)
  } catch {
    return { fault: 'the row is not CSV, or one of its JSON columns is not JSON' }
  }
}

function withTime(event: unknown): Row {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return { fault: 'the row is no object' }
  const fields = event as Readonly<Record<string, unknown>>
  const time = fields['timestamp']
  const timeMs = typeof time === 'string' || typeof time === 'number' ? parseTime(time) : null
  return { event: fields, timeMs: timeMs ?? Number.NaN }
}
