/**
 * deliver/dead-letters: records that could not be delivered or learned, and their way back.
 *
 * In: rows of landing.quarantine; for a replay, which letters, and perhaps a corrected record.
 * Out: letters with bytes and reason; on replay, their rows in landing and clean, and the letters gone.
 * Guarantee: effectively once: rows of a record that are in landing already are not added again, so a replay that was cut short
 *   is finished by the next one. The ledger holds before and after: what leaves dead-letter is in landing.
 * Rows that clean refused are listed too: their events are in landing, and stay there.
 * Malformed: a letter that still cannot be delivered stays, and its reason is told.
 */
import { join } from 'node:path'
import type { Lake } from '../../parts/lake/lake.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamRecord } from '../../parts/stream/record.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { prepare, type PreparedRecord } from './batch.ts'
import { notLearnedLine } from './landing-rows.ts'
import { isRowsInvalid, writeLines } from './landing-writer.ts'

export interface DeadLetter {
  readonly position: Position
  /** ISO 8601 UTC, or null where the record cannot be read. */
  readonly received_at: string | null
  /** Which consumer failed: `deliver` for what is not in landing, `recommend` for what was not learned, `refine` for one event that is not in clean. */
  readonly consumer: (typeof CONSUMERS)[keyof typeof CONSUMERS]
  readonly code: string
  readonly message: string
  /** The record as JSON text. */
  readonly body: string
}

/** Letters that one call reads; the oldest come first. */
const MAX_LETTERS = 10_000
const CONSUMERS = { dead_letter: 'deliver', not_learned: 'recommend', not_cleaned: 'refine' } as const

/** @param sequence of one letter; null for all, the oldest first */
export async function listDeadLetters(lake: Lake, sequence: string | null): Promise<readonly DeadLetter[]> {
  const connection = await lake.connect(['landing.quarantine'])
  try {
    const reader = await connection.runAndReadAll(
      `SELECT shard, sequence_number, strftime(received_at, '%Y-%m-%dT%H:%M:%S.%gZ'), reason, code, message, body
       FROM landing.quarantine
       WHERE reason IN ('dead_letter', 'not_learned', 'not_cleaned') AND ($1 IS NULL OR ltrim(sequence_number, '0') = ltrim($1, '0'))
       ORDER BY sequence_number, record_index, reason LIMIT ${MAX_LETTERS}`,
      [sequence],
    )
    return reader.getRows().map((row) => {
      const [shard, sequence_number, receivedAt, reason, code, message, body] = row as (string | null)[]
      return {
        position: { shard: shard ?? '', sequence_number: sequence_number ?? '' },
        received_at: receivedAt,
        consumer: CONSUMERS[reason as keyof typeof CONSUMERS],
        code: code ?? '',
        message: message ?? '',
        body: body ?? '',
      }
    })
  } finally {
    connection.closeSync()
  }
}

export interface ReplayOptions {
  readonly lake: Lake
  /** An existing folder for files on their way. */
  readonly folder: string
  /** Cleans the rows of one record, which lie behind what is cleaned already. */
  readonly refine: (position: Position) => Promise<unknown>
  readonly sequence: string | null
  /** A record to deliver in place of the letter's own, JSON text; only with `sequence`. */
  readonly corrected: string | null
}

export interface Replayed {
  readonly position: Position
  /** Rows that are in landing now. */
  readonly rows: number
  /** Why it still cannot be delivered; null where it is. */
  readonly fault: string | null
}

/** @throws HEM_DEAD_LETTER_UNKNOWN, HEM_DEAD_LETTER_RECORD_INVALID */
export async function replayDeadLetters(options: ReplayOptions): Promise<readonly Replayed[]> {
  const { lake, sequence, corrected } = options
  const letters = (await listDeadLetters(lake, sequence)).filter(({ consumer }) => consumer === 'deliver')
  if (sequence !== null && letters.length === 0) throw unknownLetter(sequence)
  const replayed: Replayed[] = []
  for (const letter of letters) {
    const body = corrected === null ? letter.body : correctedBody(letter, corrected)
    replayed.push(await replayOne(options, letter, JSON.parse(body) as StreamRecord))
  }
  return replayed
}

async function replayOne(options: ReplayOptions, { position }: DeadLetter, record: StreamRecord): Promise<Replayed> {
  const { lake, refine } = options
  const prepared = prepare({ position, record })
  try {
    if (prepared.fault !== null) throw prepared.fault
    await land(options, prepared)
  } catch (fault) {
    if (fault !== prepared.fault && !isRowsInvalid(fault)) throw fault
    return { position, rows: 0, fault: messageOf(fault) }
  }
  if (prepared.table === 'landing.clickstreams') await refine(position)
  await lake.deleteWhere('landing.quarantine', `reason = 'dead_letter' AND ${isAt(position)}`)
  return { position, rows: prepared.lines.length, fault: null }
}

/** Adds the record's rows, unless an earlier replay has. */
async function land({ lake, folder }: ReplayOptions, prepared: PreparedRecord): Promise<void> {
  const { table, lines, stored } = prepared
  const connection = await lake.connect([table])
  try {
    const isOwn = table === 'landing.quarantine' ? `AND reason = 'refused'` : ''
    const reader = await connection.runAndReadAll(
      `SELECT count(*) FROM ${table} WHERE ${isAt(stored.position)} ${isOwn}`,
    )
    if (lines.length === 0 || Number(reader.getRows()[0]?.[0]) > 0) return
  } finally {
    connection.closeSync()
  }
  const ndjsonPath = join(folder, 'replay.ndjson')
  await writeLines(ndjsonPath, [prepared])
  await lake.append(table, { ndjsonPath, isUtc: true })
}

/** Keeps a record that was not learned, once however often it is told of. */
export async function keepNotLearned(
  options: Pick<ReplayOptions, 'lake' | 'folder'>,
  told: { readonly position: Position; readonly record: StreamRecord; readonly message: string },
): Promise<void> {
  const { lake, folder } = options
  const known = await listDeadLetters(lake, told.position.sequence_number)
  if (known.some(({ consumer }) => consumer === 'recommend')) return
  const ndjsonPath = join(folder, 'not-learned.ndjson')
  const stored = { position: told.position, record: told.record }
  const lines = [notLearnedLine(stored, { code: 'HEM_INTERNAL', message: told.message })]
  await writeLines(ndjsonPath, [{ stored, table: 'landing.quarantine', lines, fault: null }])
  await lake.append('landing.quarantine', { ndjsonPath })
}

function isAt({ shard, sequence_number: sequence }: Position): string {
  return `shard = ${quoteText(shard)} AND sequence_number = ${quoteText(sequence)}`
}

/** A correction changes values; which events they are, and how many, stays as it was acknowledged. */
function correctedBody(letter: DeadLetter, corrected: string): string {
  const before = namesIn(letter.body)
  const after = namesIn(corrected)
  if (before !== null && before === after) return corrected
  throw new HemlineError('HEM_DEAD_LETTER_RECORD_INVALID', {
    subject: `the corrected record for ${Number(letter.position.sequence_number)}`,
    expected: `a record of the same kind with the same events: ${before ?? 'none, since the letter itself cannot be read'}`,
    got: after ?? 'something else',
    remedy: 'begin with the body that "hemline dead-letter show" prints, and change values only',
  })
}

/** Kind and ids of a record, or null where the text is none. */
function namesIn(text: string): string | null {
  try {
    const record = JSON.parse(text) as StreamRecord
    if (record.kind === 'events') return `events ${record.events.map((event) => event.event_id).join(', ')}`
    if (record.kind === 'products') return `products ${record.products.map((product) => product.id).join(', ')}`
    return record.kind === 'quarantine' ? `quarantine of ${record.refused.length}` : null
  } catch {
    return null
  }
}

function unknownLetter(sequence: string): HemlineError {
  return new HemlineError('HEM_DEAD_LETTER_UNKNOWN', {
    subject: `record ${sequence}`,
    expected: 'a dead letter of deliver',
    got: 'none',
    remedy: 'see "hemline dead-letter list"',
  })
}
