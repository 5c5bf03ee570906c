/**
 * collect/imports/row-format: what a file format must say of its rows.
 *
 * In: lines of a file.
 * Out: wire events with their times, and products where the rows describe some.
 * Invariant: a row that cannot be read yields a reason, never an exception.
 */
import { HemlineError } from '../../../std/errors.ts'

export interface ReadRow {
  /** The event as a client would send it. */
  readonly event: Readonly<Record<string, unknown>>
  /** By which the rows are sorted; NaN where the event has no readable time. */
  readonly timeMs: number
  /** The product the row tells of, as a shop would put it. */
  readonly product?: Readonly<Record<string, unknown>> & { readonly id: string }
}

export type Row = ReadRow | { readonly fault: string }

export interface RowReader {
  /** Lines before the first row. */
  readonly headerLines: number
  /** Sees every row once before the first is read, where the format needs it. */
  readonly survey?: (line: string) => void
  read(line: string): Row
}

/** Looks at the first line. @throws HEM_IMPORT_FORMAT */
export type RowFormat = (firstLine: string) => RowReader

export function wrongFormat(format: string, expected: string, firstLine: string): HemlineError {
  return new HemlineError('HEM_IMPORT_FORMAT', {
    subject: `a file of format ${format}`,
    expected,
    got: `"${firstLine.slice(0, 80)}"`,
    remedy: 'name the right format with --format, or check the file',
  })
}
