/**
 * evaluate/catalogue-file: the sub-category of each product of a catalogue file.
 *
 * In: a CSV file with a header, Kaggle's or Hemline's column names, packed or not.
 * Out: product id to sub-category.
 * Invariant: rows with stray commas in the name are read, since the name comes after what is needed.
 */
import { parse } from 'csv-parse/sync'
import { HemlineError } from '../../std/errors.ts'
import { readText } from './session-files.ts'

const ID_COLUMNS = ['id', 'product_id']
const SUB_CATEGORY_COLUMNS = ['sub_category', 'subCategory']

/** @throws HEM_FILE_UNREADABLE where a column is missing */
export function readSubCategories(path: string): Map<string, string> {
  const rows: string[][] = parse(readText(path), { relax_column_count: true, relax_quotes: true })
  const header = rows[0] ?? []
  const id = columnOf(path, header, ID_COLUMNS)
  const subCategory = columnOf(path, header, SUB_CATEGORY_COLUMNS)
  const found = new Map<string, string>()
  for (const row of rows.slice(1)) if (row[subCategory]) found.set(row[id], row[subCategory])
  return found
}

function columnOf(path: string, header: readonly string[], names: readonly string[]): number {
  const at = header.findIndex((column) => names.includes(column))
  if (at >= 0) return at
  throw new HemlineError('HEM_FILE_UNREADABLE', {
    subject: `file "${path}"`,
    expected: `a column "${names.join('" or "')}"`,
    got: header.slice(0, 12).join(','),
    remedy: 'give a catalogue with a header line',
  })
}
