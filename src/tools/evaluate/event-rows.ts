/**
 * evaluate/event-rows: the files that `hemline import-events` takes, as acts of visitors.
 *
 * In: a file of UCI's clothing shop or of RetailRocket's typed events, packed or not.
 * Out: views, additions to the cart and purchases, in the order of the file.
 * Invariant: rows are read by the import's own rules; a row that does not fit stops the reading and is named.
 */
import { HemlineError } from '../../std/errors.ts'
import { retailrocketRows } from '../../steps/collect/imports/retailrocket-rows.ts'
import { uciClothingRows } from '../../steps/collect/imports/uci-clothing-rows.ts'
import type { RowFormat } from '../../steps/collect/imports/row-format.ts'
import type { EvaluatedAction } from './contender.ts'
import { readLines } from './session-files.ts'
import type { TimedAct } from './trial.ts'

export const ROW_FORMS = ['uci-clothing', 'retailrocket'] as const
export type RowForm = (typeof ROW_FORMS)[number]

const FORMATS: Readonly<Record<RowForm, RowFormat>> = {
  'uci-clothing': uciClothingRows,
  retailrocket: retailrocketRows,
}

const ACTIONS: Readonly<Record<string, EvaluatedAction>> = {
  product_view: 'view',
  add_to_cart: 'cart',
  purchase: 'purchase',
}

/** @throws HEM_FILE_UNREADABLE, HEM_IMPORT_FORMAT */
export function readRows(path: string, form: RowForm): TimedAct[] {
  const lines = readLines(path)
  const reader = FORMATS[form](lines[0])
  const rows = lines.slice(reader.headerLines)
  for (const line of rows) reader.survey?.(line)
  return rows.map((line, place) => {
    const row = reader.read(line)
    if ('fault' in row) {
      throw new HemlineError('HEM_FILE_UNREADABLE', {
        subject: `file "${path}" line ${place + reader.headerLines + 1}`,
        expected: `a row of format ${form}`,
        got: row.fault,
        remedy: 'correct the row, or name the right format with --format',
      })
    }
    const { visitor_id: visitor, product_id: item, event_type: type } = row.event
    return { visitor: String(visitor), item: String(item), timeMs: row.timeMs, action: ACTIONS[String(type)] }
  })
}
