/**
 * forget/erase-stream: the records of the stream that hold something of a person, as they shall be.
 *
 * In: the trace of a person; landing and quarantine, which name the place of each row in the stream.
 * Out: what is to be put in these places.
 * Guarantee: reads no more of the stream than the person's records. Replay: what was erased already is left out.
 * Malformed: refused events and dead letters are searched for the person's ids as text.
 * Invariant: records of others are not touched.
 */
import type { RefusedEvent } from '../../parts/event/event.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import { objectsOf, withLakeConnection } from '../../parts/sql/lake-connection.ts'
import { embeddedPosition } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import { namesAny } from './named-in-text.ts'
import { remainsOf } from './remains.ts'
import { eventCondition, isTheirs, receivedUntil, type Trace } from './trace.ts'

export interface QuarantinedRow {
  readonly sequenceNumber: string
  readonly recordIndex: number
  readonly isLetter: boolean
}

/** Rows of landing.quarantine that are about the person. */
export async function quarantinedRows(lake: Lake, trace: Trace): Promise<readonly QuarantinedRow[]> {
  const ids = [...trace.userIds, ...trace.visitorIds]
  return withLakeConnection(lake, ['landing.quarantine'], async (connection) => {
    const found: QuarantinedRow[] = []
    const result = await connection.stream(
      `SELECT sequence_number, record_index, reason, concat_ws(' ', body, message) FROM landing.quarantine
       WHERE ${receivedUntil(trace)}`,
    )
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return found
      for (const [sequenceNumber, recordIndex, reason, text] of chunk.getRows()) {
        // What a consumer could not take of a shared browser names the browser alone.
        const isShared = reason !== 'refused' && trace.sharedRecords.includes(String(sequenceNumber))
        if (!isShared && !namesAny(text as string, ids)) continue
        found.push({
          sequenceNumber: String(sequenceNumber),
          recordIndex: Number(recordIndex),
          isLetter: reason === 'dead_letter',
        })
      }
    }
  })
}

export async function streamRemains(
  lake: Lake,
  reader: StreamReader,
  given: { readonly trace: Trace; readonly quarantined: readonly QuarantinedRow[] },
): Promise<readonly StoredRecord[]> {
  const { trace, quarantined } = given
  const ids = [...trace.userIds, ...trace.visitorIds]
  const letters = new Set(quarantined.filter((row) => row.isLetter).map((row) => row.sequenceNumber))
  const erased = {
    event: (event: Parameters<typeof isTheirs>[1], number: string) => isTheirs(trace, event, number),
    refused: ({ body, message }: RefusedEvent) => namesAny(`${body} ${message}`, ids),
    letter: (number: string) => letters.has(number),
  }
  const remains: StoredRecord[] = []
  for (const number of await sequenceNumbers(lake, trace, quarantined)) {
    const [stored] = await reader.read(embeddedPosition(Number(number) - 1), 1)
    // Retention may have removed it.
    if (stored?.position.sequence_number !== number) continue
    const left = remainsOf(stored, erased)
    if (left !== null) remains.push(left)
  }
  return remains
}

async function sequenceNumbers(
  lake: Lake,
  trace: Trace,
  quarantined: readonly QuarantinedRow[],
): Promise<readonly string[]> {
  const landed = await withLakeConnection(lake, ['landing.clickstreams'], async (connection) => {
    const sql = `SELECT DISTINCT sequence_number AS number FROM landing.clickstreams WHERE ${eventCondition(trace, 'all')}`
    return (await objectsOf(connection, sql)).map((row) => String(row['number']))
  })
  return [...new Set([...landed, ...quarantined.map((row) => row.sequenceNumber)])].toSorted()
}
