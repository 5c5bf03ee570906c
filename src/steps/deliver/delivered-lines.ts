/**
 * deliver/delivered-lines: records as lines of text on their way to the lake, where a service in between carries them.
 *
 * In: the bytes of a record and its position in the stream; later the lines, in any order the service kept.
 * Out: one line a row, which names its table; and back, records ready for a landing table.
 * Guarantee: every record gives lines or is known to have none; what cannot be read becomes a dead letter with its bytes.
 * Invariant: no line is lost or altered but for its position: the lake numbers records in the order in which they land.
 */
import { decodeRecord } from '../../parts/stream/codec.ts'
import { formatTime } from '../../parts/event/time.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { QuarantineRecord, StoredRecord } from '../../parts/stream/record.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { prepare, type LandingTable, type PreparedRecord } from './batch.ts'
import { deadLetterLine } from './landing-rows.ts'

export interface CarriedRecord {
  readonly bytes: Buffer
  readonly position: Position
  /** When the stream took it, epoch ms. */
  readonly arrivedMs: number
}

/** The lines of one record, each ended by a line feed; empty for a record that no table holds. */
export function deliveredLines({ bytes, position, arrivedMs }: CarriedRecord): string {
  let stored: StoredRecord
  try {
    stored = { position, record: decodeRecord(bytes, `${position.shard} ${position.sequence_number}`) }
  } catch (fault) {
    const receivedAt = formatTime(arrivedMs)
    return tagged('landing.quarantine', [unreadableLine({ bytes, position, receivedAt }, reasonOf(fault))])
  }
  const { table, lines, fault } = prepare(stored)
  if (fault === null) return tagged(table, lines)
  return tagged('landing.quarantine', [deadLetterLine(stored, reasonOf(fault))])
}

function reasonOf(fault: unknown): { readonly code: string; readonly message: string } {
  return { code: fault instanceof HemlineError ? fault.code : 'HEM_INTERNAL', message: messageOf(fault) }
}

function tagged(table: LandingTable, lines: readonly string[]): string {
  return lines.map((line) => `{"table":"${table}",${line.slice(1)}\n`).join('')
}

/** As `tagged` and `placeOf` write them; text within a row cannot look so, since its quotes are escaped. */
const HEAD = /^\{"table":"(landing\.\w+)",/
const TAIL = /,"shard":"([^"\\]*)","sequence_number":"([^"\\]*)","record_index":(\d+)\}$/

/** The shard of the landing order: the lake's own. */
const LANDED = 'landing'
const SEQUENCE_DIGITS = 20

export function landedPosition(sequence: number): Position {
  return { shard: LANDED, sequence_number: String(sequence).padStart(SEQUENCE_DIGITS, '0') }
}

/**
 * Lines of one file, as records numbered on from `after`. Lines of a record follow each other.
 *
 * A line that is none of ours becomes a dead letter.
 */
export function landedRecords(text: string, after: number, landedAt: string): readonly PreparedRecord[] {
  const records: { key: string; table: LandingTable; lines: string[]; position: Position }[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const head = HEAD.exec(line)
    const tail = TAIL.exec(line)
    const isOurs = head !== null && tail !== null
    const table = isOurs ? (head[1] as LandingTable) : 'landing.quarantine'
    const key = isOurs ? `${table} ${tail[1]} ${tail[2]}` : ''
    const current = records.at(-1)
    const isSame = current !== undefined && isOurs && current.key === key
    const position = isSame ? current.position : landedPosition(after + records.length + 1)
    const row = isOurs
      ? `{${line.slice(head[0].length, tail.index)},"shard":"${LANDED}","sequence_number":"${position.sequence_number}","record_index":${tail[3]}}`
      : unreadableLine({ bytes: Buffer.from(line), position, receivedAt: landedAt }, NOT_OURS)
    if (isSame) current.lines.push(row)
    else records.push({ key, table, lines: [row], position })
  }
  return records.map(({ table, lines, position }) => ({
    stored: { position, record: asRefused(lines, landedAt) },
    table,
    lines,
    fault: null,
  }))
}

/** What a dead letter would hold of a record whose rows are lines already. */
function asRefused(lines: readonly string[], receivedAt: string): QuarantineRecord {
  const refused = lines.map((body, index) => ({ index, code: '', message: '', body }))
  return { kind: 'quarantine', received_at: receivedAt, refused }
}

/** The row of landing.quarantine for bytes of which nothing is known but where they were. */
function unreadableLine(
  { bytes, position, receivedAt }: { readonly bytes: Buffer; readonly position: Position; readonly receivedAt: string },
  { code, message }: { readonly code: string; readonly message: string },
): string {
  return JSON.stringify({
    received_at: receivedAt,
    reason: 'dead_letter',
    code,
    message,
    body: JSON.stringify({ base64: bytes.toString('base64') }),
    request_index: null,
    shard: position.shard,
    sequence_number: position.sequence_number,
    record_index: 0,
  })
}

const NOT_OURS = { code: 'HEM_STREAM_RECORD_CORRUPT', message: 'a line that names no table or no place in the stream' }
