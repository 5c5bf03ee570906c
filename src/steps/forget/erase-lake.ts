/**
 * forget/erase-lake: a person's rows leave every table, and every snapshot of it.
 *
 * In: the trace of a person.
 * Out: what went, by table.
 * Guarantee: ends the same however often it is begun. Late events: what is received after the erasure stays.
 * Replay: a killed run finds the rest by the rows that tell whose it is, since these go last.
 * Invariant: sums of orders stay to the cent: their rows stay, as those of a guest. When it resolves, no file of the lake holds
 *   a row of the person.
 */
import { admissionBy, type Erasure, type RemovedAt } from '../../parts/access/suppression.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import { PERSONAL_TABLES, type PersonalContent } from '../../parts/lake/personal-tables.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import { withLakeConnection } from '../../parts/sql/lake-connection.ts'
import type { QuarantinedRow } from './erase-stream.ts'
import { eventCondition, listOf, type Trace } from './trace.ts'

export interface LakeErasure {
  readonly erasure: Erasure
  readonly trace: Trace
  readonly quarantined: readonly QuarantinedRow[]
  /** Hex. */
  readonly hashKey: string
}

export async function eraseFromLake(
  lake: Lake,
  what: LakeErasure,
  onTable: (done: number, total: number) => void,
): Promise<readonly RemovedAt[]> {
  const removed: RemovedAt[] = []
  const tables = Object.entries(PERSONAL_TABLES).filter(([name]) => lake.tableNames.includes(name))
  for (const [done, [name, content]] of tables.entries()) {
    onTable(done, tables.length)
    let rows = 0
    for (const condition of conditionsOf(content, what)) {
      const { deletedRows } =
        content === 'blank'
          ? await lake.blankWhere(name, condition, ['user_id'])
          : await lake.deleteWhere(name, condition)
      rows += deletedRows
    }
    const { expiredSnapshots, deletedFiles, deletedOrphans } = await lake.clearPast(name)
    removed.push({ place: name, counts: { rows, snapshots: expiredSnapshots, files: deletedFiles + deletedOrphans } })
  }
  return removed
}

/** How many rows would go, by table. */
export async function countInLake(lake: Lake, what: LakeErasure): Promise<readonly RemovedAt[]> {
  const tables = Object.entries(PERSONAL_TABLES).filter(([name]) => lake.tableNames.includes(name))
  return withLakeConnection(
    lake,
    tables.map(([name]) => name),
    async (connection) => {
      const counts: RemovedAt[] = []
      for (const [name, content] of tables) {
        const condition =
          conditionsOf(content, what)
            .map((one) => `(${one})`)
            .join(' OR ') || 'false'
        const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${name} WHERE ${condition}`)
        counts.push({ place: name, counts: { rows: Number(reader.getRows()[0]?.[0]) } })
      }
      return counts
    },
  )
}

/** One after the other. */
function conditionsOf(content: PersonalContent, what: LakeErasure): readonly string[] {
  const { trace, quarantined } = what
  if (content === 'events') {
    const all = eventCondition(trace, 'all')
    // Rows that name a user tell whose the others of a shared browser are, so they go later.
    return trace.sharedRecords.length > 0 ? [eventCondition(trace, 'shared'), all] : [all]
  }
  if (content === 'bodies') {
    const places = quarantined.map((row) => `${row.sequenceNumber} ${row.recordIndex}`)
    return places.length === 0 ? [] : [`sequence_number || ' ' || record_index IN ${listOf(places)}`]
  }
  if (trace.userIds.length === 0) return []
  const isUser = `user_id IN ${listOf(trace.userIds)}`
  if (content === 'rows') return [isUser]
  return trace.userIds.map((userId) => `user_id = ${quoteText(userId)}${placedBefore(userId, what)}`)
}

/** A customer who came back has orders that are not part of the erasure. */
function placedBefore(userId: string, { erasure, hashKey }: LakeErasure): string {
  const from = admissionBy([erasure], hashKey)?.(userId) ?? null
  return from === null ? '' : ` AND order_date < CAST(TIMESTAMPTZ ${quoteText(from)} AS TIMESTAMP)`
}
