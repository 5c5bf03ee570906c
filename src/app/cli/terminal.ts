/**
 * cli/terminal: what people and scripts see.
 *
 * In: rows, progress, findings, errors.
 * Out: tables and JSON on standard output; progress and errors on standard error.
 * Invariant: standard output holds the result alone, so that it can be piped.
 */
import { HemlineError, messageOf } from '../../std/errors.ts'
import type { OnProgress } from '../worker-calls.ts'

const BAR_WIDTH = 28
const REDRAW_MS = 80
const MAX_CELL_CHARACTERS = 60

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** A table with the column names above; numbers stand right. */
export function printTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): void {
  const cells = rows.map((row) => row.map(cellText))
  const widths = columns.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const isNumber = columns.map((_, at) => rows.length > 0 && rows.every((row) => isNumeric(row[at])))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  print(line(columns))
  print(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of cells) print(line(row))
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
  return text.length > MAX_CELL_CHARACTERS ? `${text.slice(0, MAX_CELL_CHARACTERS - 1)}…` : text
}

function isNumeric(value: unknown): boolean {
  return value === null || typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
}

export function printError(error: unknown): void {
  const text = error instanceof HemlineError ? error.message : `hemline: ${messageOf(error)}`
  process.stderr.write(`${text}\n`)
}

/** Draws one bar on standard error where that is a terminal; else a line at the start and end of each piece of work. */
export function progressBar(): { readonly onProgress: OnProgress; finish(): void } {
  const isTerminal = process.stderr.isTTY
  let label = ''
  let drawnMs = 0
  let hasEnded = false
  const startNewLine = () => {
    if (isTerminal && label !== '') process.stderr.write('\n')
  }
  return {
    onProgress(progress) {
      const isNew = progress.label !== label
      if (isNew) startNewLine()
      label = progress.label
      const isLast = progress.total !== null && progress.done >= progress.total
      if (!isTerminal) {
        if (isNew || (isLast && !hasEnded)) process.stderr.write(`${barText(label, progress.done, progress.total)}\n`)
        hasEnded = isLast
        return
      }
      const now = Date.now()
      if (!isNew && !isLast && now - drawnMs < REDRAW_MS) return
      drawnMs = now
      process.stderr.write(`\r\u001B[K${barText(progress.label, progress.done, progress.total)}`)
    },
    finish() {
      startNewLine()
      label = ''
    },
  }
}

function barText(label: string, done: number, total: number | null): string {
  if (total === null || total <= 0) return `${label}  ${done.toLocaleString('en')}`
  const share = Math.min(1, done / total)
  const filled = Math.round(share * BAR_WIDTH)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
  return `${label}  ${bar}  ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
}
