/**
 * deliver/landing-writer: writes records into one landing table, each exactly once, and sets aside what cannot be written.
 *
 * In: records in stream order, and the position they reach.
 * Out: commits that hold rows and checkpoint together; dead letters in landing.quarantine.
 * Guarantee: exactly once per table; a record that fails three times never holds up those behind it.
 * Invariant: a record is skipped only if it is in the table or in quarantine.
 */
import { open } from 'node:fs/promises'
import type { Lake } from '../../parts/lake/lake.ts'
import { formatCheckpoint, isAfter, parseCheckpoint } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'
import type { LandingTable, PreparedRecord } from './batch.ts'
import { deadLetterLine } from './landing-rows.ts'

export const DELIVER_SINK = 'deliver'
/** Tries before a record is set aside. */
const MAX_ATTEMPTS = 3
const LINES_PER_WRITE = 2000

export interface LandingWriterOptions {
  readonly lake: Lake
  /** Path of a file for lines on their way; overwritten each time. */
  readonly linesPath: string
}

export interface Written {
  readonly rows: number
  readonly deadLettered: number
}

/** Writes what the table does not hold yet, and moves its checkpoint to `upto`. */
export async function writeRecords(
  options: LandingWriterOptions,
  table: LandingTable,
  records: readonly PreparedRecord[],
  upto: Position,
): Promise<Written> {
  const done = parseCheckpoint(await options.lake.checkpoint(table, DELIVER_SINK))
  if (!isAfter(upto, done)) return { rows: 0, deadLettered: 0 }
  const missing = records.filter((record) => isAfter(record.stored.position, done))
  return writeHalves({ ...options, table }, missing, upto, 1)
}

interface Target extends LandingWriterOptions {
  readonly table: LandingTable
}

/** A batch that does not fit is halved until the record that spoils it stands alone. */
async function writeHalves(
  target: Target,
  records: readonly PreparedRecord[],
  upto: Position,
  attempt: number,
): Promise<Written> {
  try {
    const faulty = records.find((record) => record.fault !== null)
    if (faulty !== undefined) throw faulty.fault
    return { rows: await append(target, records, upto), deadLettered: 0 }
  } catch (fault) {
    if (!isFaultOfRows(fault, records)) throw fault
    const [only] = records
    if (records.length === 1 && only !== undefined) {
      if (attempt < MAX_ATTEMPTS) return writeHalves(target, records, upto, attempt + 1)
      return setAside(target, only, fault, upto)
    }
    const middle = records.length >> 1
    const early = records.slice(0, middle)
    const first = await writeHalves(target, early, early.at(-1)?.stored.position ?? upto, 1)
    const second = await writeHalves(target, records.slice(middle), upto, 1)
    return { rows: first.rows + second.rows, deadLettered: first.deadLettered + second.deadLettered }
  }
}

/** Only what lies in the rows themselves; a full disk or a lost answer is tried again later, with nothing set aside. */
function isFaultOfRows(fault: unknown, records: readonly PreparedRecord[]): boolean {
  if (records.length === 0) return false
  if (records.some((record) => record.fault === fault)) return true
  return isRowsInvalid(fault)
}

export function isRowsInvalid(fault: unknown): boolean {
  return fault instanceof HemlineError && fault.code === 'HEM_LAKE_ROWS_INVALID'
}

async function append(target: Target, records: readonly PreparedRecord[], upto: Position): Promise<number> {
  const { lake, table, linesPath } = target
  const checkpoint = {
    sink: DELIVER_SINK,
    value: formatCheckpoint(upto),
    expected: await lake.checkpoint(table, DELIVER_SINK),
  }
  const rows = records.reduce((total, record) => total + record.lines.length, 0)
  if (rows === 0) {
    await lake.append(table, { rows: [] }, { checkpoint })
    return 0
  }
  await writeLines(linesPath, records)
  await lake.append(table, { ndjsonPath: linesPath, isUtc: true }, { checkpoint })
  return rows
}

export async function writeLines(path: string, records: readonly PreparedRecord[]): Promise<void> {
  const lines = await openLines(path)
  try {
    await lines.write(records)
  } finally {
    await lines.close()
  }
}

/** A file of lines, begun anew. */
export async function openLines(
  path: string,
): Promise<{ write(records: readonly PreparedRecord[]): Promise<void>; close(): Promise<void> }> {
  const file = await open(path, 'w')
  return {
    async write(records) {
      let lines: string[] = []
      for (const record of records) {
        for (const line of record.lines) lines.push(line)
        if (lines.length < LINES_PER_WRITE) continue
        await file.writeFile(`${lines.join('\n')}\n`)
        lines = []
      }
      if (lines.length > 0) await file.writeFile(`${lines.join('\n')}\n`)
    },
    close: () => file.close(),
  }
}

/** First the dead letter, then the checkpoint: a crash between the two finds the letter written and does not repeat it. */
async function setAside(target: Target, record: PreparedRecord, fault: unknown, upto: Position): Promise<Written> {
  const { lake, table, linesPath } = target
  const { stored } = record
  const sink = `dead-letter.${table}`
  const before = await lake.checkpoint('landing.quarantine', sink)
  if (isAfter(stored.position, parseCheckpoint(before))) {
    const code = fault instanceof HemlineError ? fault.code : 'HEM_INTERNAL'
    const line = deadLetterLine(stored, { code, message: messageOf(fault) })
    await writeLines(linesPath, [{ ...record, lines: [line] }])
    const checkpoint = { sink, value: formatCheckpoint(stored.position), expected: before }
    await lake.append('landing.quarantine', { ndjsonPath: linesPath }, { checkpoint })
  }
  await append(target, [], upto)
  return { rows: 0, deadLettered: 1 }
}
