/**
 * forget/trace: what of the events is a person's.
 *
 * In: an erasure, and the id asked for where it is known; landing, which must hold everything the stream does.
 * Out: the person's ids, and how to tell their events from others'.
 * Rule: an event without a user is the user's whom the browser named last before it, else the first it named afterwards. A
 *   browser is a person's alone where all of its events are; of a shared one only the events of the person go.
 * Invariant: looks at what was received up to the erasure; what came later is somebody new.
 */
import { personHash, type Erasure } from '../../parts/access/suppression.ts'
import type { HemlineEvent } from '../../parts/event/event.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import { PERSONAL_TABLES } from '../../parts/lake/personal-tables.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import { objectsOf, withLakeConnection } from '../../parts/sql/lake-connection.ts'

/** Plain values, since it goes between threads. */
export interface Trace {
  readonly kind: Erasure['kind']
  /** ISO 8601 UTC. */
  readonly until: string
  /** Users who are the person; none where a browser alone was asked for. */
  readonly userIds: readonly string[]
  /** Browsers that are the person's alone. */
  readonly visitorIds: readonly string[]
  /** Sequence numbers of records of shared browsers whose events without a user are the person's. */
  readonly sharedRecords: readonly string[]
  /** Keys under which the person has sessions and lists now. */
  readonly visitorKeys: readonly string[]
}

export interface TraceOptions {
  readonly lake: Lake
  /** Hex. */
  readonly hashKey: string
}

/** @param known the id that was asked for; null where only its hash is left, after a crash or a restore */
export async function findTrace(erasure: Erasure, known: string | null, options: TraceOptions): Promise<Trace> {
  const { lake, hashKey } = options
  const isTold = (visitorId: string): boolean => erasure.people.includes(personHash('visitor', visitorId, hashKey))
  // After a crash rows that told whose a browser was may be gone; its hash was noted before.
  const noted = known === null ? (await distinct(lake, 'visitor_id')).filter(isTold) : []
  const ids = known === null ? null : [known]
  if (erasure.kind === 'visitor') return browserTrace(erasure, ids ?? noted)
  return userTrace(lake, erasure, { userIds: ids ?? (await usersByHash(erasure, options)), noted })
}

function browserTrace({ kind, erased_at: until }: Erasure, visitorIds: readonly string[]): Trace {
  return { kind, until, userIds: [], visitorIds, sharedRecords: [], visitorKeys: visitorIds }
}

async function userTrace(
  lake: Lake,
  { kind, erased_at: until }: Erasure,
  given: { readonly userIds: readonly string[]; readonly noted: readonly string[] },
): Promise<Trace> {
  const { userIds, noted } = given
  const owned = await ownedBrowsers(lake, userIds, until)
  const visitorIds = [...new Set([...noted, ...owned.filter((row) => row.isWhole).map((row) => row.visitorId)])]
  const current = owned.filter((row) => row.isCurrent).map((row) => row.visitorId)
  return {
    kind,
    until,
    userIds,
    visitorIds,
    sharedRecords: owned.flatMap((row) => (row.isWhole ? [] : row.records)),
    visitorKeys: [...new Set([...visitorIds, ...current, ...userIds.map((userId) => `user:${userId}`)])],
  }
}

/** Rows of landing.clickstreams and clean.clickstreams that are the person's; or those of shared browsers without a user alone. */
export function eventCondition(trace: Trace, part: 'all' | 'shared'): string {
  const { userIds, visitorIds, sharedRecords } = trace
  const browsers = `visitor_id IN ${listOf(visitorIds)}`
  const shared = `user_id IS NULL AND sequence_number IN ${listOf(sharedRecords)}`
  const ofUser = `user_id IN ${listOf(userIds)} OR (user_id IS NULL AND ${browsers}) OR (${shared})`
  const all = trace.kind === 'visitor' ? browsers : ofUser
  return `${receivedUntil(trace)} AND (${part === 'all' ? all : shared})`
}

/** The same of one event of a record. */
export function isTheirs(trace: Trace, event: HemlineEvent, sequenceNumber: string): boolean {
  const { kind, userIds, visitorIds, sharedRecords } = trace
  if (event.received_at > trace.until) return false
  const isOfBrowser = event.visitor_id !== null && visitorIds.includes(event.visitor_id)
  if (kind === 'visitor') return isOfBrowser
  if (event.user_id !== null) return userIds.includes(event.user_id)
  return isOfBrowser || sharedRecords.includes(sequenceNumber)
}

export function receivedUntil({ until }: Pick<Trace, 'until'>): string {
  return `received_at <= CAST(TIMESTAMPTZ ${quoteText(until)} AS TIMESTAMP)`
}

/** Never empty, since SQL knows no empty list. */
export function listOf(values: readonly string[]): string {
  return values.length === 0 ? '(NULL)' : `(${values.map(quoteText).join(', ')})`
}

async function usersByHash(erasure: Erasure, options: TraceOptions): Promise<readonly string[]> {
  const userIds = await distinct(options.lake, 'user_id')
  return userIds.filter((userId) => erasure.people.includes(personHash('user', userId, options.hashKey)))
}

/** Every id in any table. */
async function distinct(lake: Lake, column: 'user_id' | 'visitor_id'): Promise<readonly string[]> {
  const names = Object.entries(PERSONAL_TABLES).flatMap(([name, content]) => {
    const holdsIt = column === 'visitor_id' ? content === 'events' : content !== 'bodies'
    return holdsIt && lake.tableNames.includes(name) ? [name] : []
  })
  return withLakeConnection(lake, names, async (connection) => {
    const selects = names.map((name) => `SELECT ${column} AS id FROM ${name} WHERE ${column} IS NOT NULL`)
    const rows = await objectsOf(connection, `SELECT DISTINCT id FROM (${selects.join(' UNION ALL ')})`)
    return rows.map((row) => String(row['id']))
  })
}

interface OwnedBrowser {
  readonly visitorId: string
  /** All events of the browser are the person's. */
  readonly isWhole: boolean
  /** The person was the last to be named there. */
  readonly isCurrent: boolean
  /** Sequence numbers of the person's events that name no user. */
  readonly records: readonly string[]
}

/** Browsers at which the users were named, and what of their events is the users'. */
async function ownedBrowsers(lake: Lake, userIds: readonly string[], until: string): Promise<readonly OwnedBrowser[]> {
  if (userIds.length === 0) return []
  const order = 'PARTITION BY visitor_id ORDER BY sequence_number, record_index'
  const isTheirs = `owner IN ${listOf(userIds)}`
  const sql = `
    WITH told AS (
      SELECT visitor_id, sequence_number, record_index, user_id,
        CASE WHEN event_type = 'unidentify' THEN '' ELSE user_id END AS says
      FROM landing.clickstreams
      WHERE ${receivedUntil({ until })} AND visitor_id IN (
        SELECT visitor_id FROM landing.clickstreams WHERE user_id IN ${listOf(userIds)} AND ${receivedUntil({ until })}
      )
    ),
    owned AS (
      SELECT *, coalesce(
        last_value(says IGNORE NULLS) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        first_value(says IGNORE NULLS) OVER (${order} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
      ) AS owner
      FROM told
    )
    SELECT visitor_id, bool_and(${isTheirs}) AS whole,
      arg_max(owner, sequence_number) IN ${listOf(userIds)} AS current,
      to_json(list(DISTINCT sequence_number) FILTER (user_id IS NULL AND ${isTheirs})) AS records
    FROM owned GROUP BY visitor_id`
  return withLakeConnection(lake, ['landing.clickstreams'], async (connection) => {
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowObjectsJson().map((row) => ({
      visitorId: row['visitor_id'] as string,
      isWhole: row['whole'] === true,
      isCurrent: row['current'] === true,
      records: (JSON.parse((row['records'] as string | null) ?? 'null') ?? []) as readonly string[],
    }))
  })
}
