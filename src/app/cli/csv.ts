/**
 * cli/csv: rows as comma-separated values.
 *
 * In: column names and rows.
 * Out: text after RFC 4180, with a head.
 * Invariant: what a spreadsheet would run as a formula is led by an apostrophe, since names come from strangers.
 */

type Cell = string | number | null

export function csvOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => row.map(cellText).join(',')).join('\r\n')
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = /^[=+\-@\t\r]/u.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
