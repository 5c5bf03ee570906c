/**
 * cli/sql: `hemline sql "SELECT …"` and `hemline sql --saved NAME`.
 *
 * In: one statement, or the name of a saved question.
 * Out: a table, JSON, CSV, or a Parquet file.
 * Invariant: works while the pipeline runs, and when it does not.
 */
import type { Command } from 'commander'
import { rowsAsObjects, type SqlResult } from '../../parts/sql/port.ts'
import { savedQueries, savedStatement } from '../../parts/sql/saved-queries.ts'
import { HemlineError } from '../../std/errors.ts'
import { loadAmazon } from './amazon.ts'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printError, printJson, printTable } from './terminal.ts'

interface SqlFlags {
  readonly saved?: string | true
  readonly set: Readonly<Record<string, string>>
  readonly json?: boolean
  readonly csv?: boolean
  readonly parquet?: string
  readonly athena?: string
  readonly workgroup: string
}

export function addSqlCommand(program: Command): void {
  withDataFlag(program.command('sql'))
    .description('query the lake: tables of landing, clean and mart')
    .argument('[statement]', 'one SELECT, in quotes')
    .option('--saved [name]', 'ask a saved question; without a name, list them')
    .option('--set <name=value>', 'a parameter of the saved question; may be repeated', setting, {})
    .option('--json', 'print an array of objects')
    .option('--csv', 'print comma-separated values, with the names first')
    .option('--parquet <file>', 'write a Parquet file')
    .option('--athena <region>', 'ask the lake on AWS, by Athena in this region, which costs what it scans')
    .option('--workgroup <name>', 'with --athena: whose limits hold', 'hemline')
    .addHelpText('after', savedHelp)
    .action(async (sql: string | undefined, flags: SqlFlags) => {
      if (flags.saved === true) return print(savedHelp().trim())
      const statement = flags.saved === undefined ? sql : savedStatement(flags.saved, flags.set)
      if (statement === undefined) throw wrongUse('a statement or --saved NAME', 'neither')
      if (flags.saved !== undefined && sql !== undefined) throw wrongUse('a statement or --saved NAME', 'both')
      await show(await answerTo(statement, flags), flags)
    })
}

async function answerTo(statement: string, flags: SqlFlags): Promise<SqlResult> {
  const { athena: region, workgroup } = flags
  if (region === undefined) return ask<SqlResult>(configOf(flags), 'sql', { sql: statement })
  const { askAthena } = await loadAmazon(() => import('../athena-access.ts'), '@aws-sdk/client-athena')
  return askAthena(statement, { region, workgroup })
}

async function show(result: SqlResult, flags: SqlFlags): Promise<void> {
  const cutOff = 'the answer was cut off; group, or add WHERE or LIMIT'
  if (result.truncated && (flags.json || flags.csv || flags.parquet !== undefined)) printError(new Error(cutOff))
  if (flags.parquet !== undefined) {
    // The engine takes half a second to load, and only this needs it here.
    const { writeParquet } = await import('./sql-files.ts')
    await writeParquet(result, flags.parquet)
    return print(`${result.rows.length} rows in ${flags.parquet}`)
  }
  if (flags.json) return printJson(rowsAsObjects(result))
  if (flags.csv) return printCsv(result)
  printTable(
    result.columns.map((column) => column.name),
    shownRows(result),
  )
  print(`\n${summaryOf(result)}`)
}

function summaryOf({ rows, elapsedMs, truncated, cost }: SqlResult): string {
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} in ${elapsedMs.toFixed(0)} ms${truncated ? ' (cut off)' : ''}`
  return cost === undefined
    ? count
    : `${count}, ${cost.scannedBytes.toLocaleString('en')} bytes scanned for ${cost.usd} USD`
}

function printCsv(result: SqlResult): void {
  const lines = [result.columns.map((column) => column.name), ...shownRows(result)]
  print(lines.map((cells) => cells.map(csvCell).join(',')).join('\n'))
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
  // An empty text is quoted, so that it differs from NULL.
  return text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function shownRows(result: SqlResult): readonly (readonly unknown[])[] {
  return result.rows.map((row) => row.map((value, at) => shown(value, result.columns[at]?.type ?? '')))
}

/** Decimals with all of their places, so that money reads as money. */
function shown(value: unknown, type: string): unknown {
  const places = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1]
  return typeof value === 'number' && places !== undefined ? value.toFixed(Number(places)) : value
}

/** @throws HEM_CONFIG_INVALID */
function setting(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([a-z_]+)=([\s\S]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw wrongUse('--set name=value', `"${text}"`)
  return { ...before, [name]: value }
}

function savedHelp(): string {
  const lines = savedQueries().flatMap(({ name, title, parameters }) => [
    `  ${name}: ${title}`,
    ...parameters.map((parameter) => `      ${parameter.name}=${parameter.fallback ?? '…'}  ${parameter.meaning}`),
  ])
  return `\nSaved questions:\n${lines.join('\n')}`
}

function wrongUse(expected: string, got: string): HemlineError {
  return new HemlineError('HEM_CONFIG_INVALID', {
    subject: 'hemline sql',
    expected,
    got,
    remedy: 'see "hemline sql --help"',
  })
}
