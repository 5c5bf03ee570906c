/**
 * cli/sql: `hemline sql "SELECT …"`.
 *
 * In: one statement.
 * Out: a table, or JSON: an array of objects.
 * Invariant: works while the pipeline runs, and when it does not.
 */
import type { Command } from 'commander'
import { rowsAsObjects, type SqlResult } from '../../parts/sql/port.ts'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, printTable } from './terminal.ts'

export function addSqlCommand(program: Command): void {
  withDataFlag(program.command('sql'))
    .description('query the lake: tables of landing, clean and mart')
    .argument('<statement>', 'one SELECT, in quotes')
    .option('--json', 'print an array of objects')
    .action(async (sql: string, flags: { json?: boolean }) => {
      const result = await ask<SqlResult>(configOf(flags), 'sql', { sql })
      if (flags.json) return printJson(rowsAsObjects(result))
      printTable(
        result.columns.map((column) => column.name),
        result.rows.map((row) => row.map((value, at) => shown(value, result.columns[at]?.type ?? ''))),
      )
      print(
        `\n${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'} in ${result.elapsedMs.toFixed(0)} ms${result.truncated ? ' (cut off)' : ''}`,
      )
    })
}

/** Decimals with all of their places, so that money reads as money. */
function shown(value: unknown, type: string): unknown {
  const places = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1]
  return typeof value === 'number' && places !== undefined ? value.toFixed(Number(places)) : value
}
