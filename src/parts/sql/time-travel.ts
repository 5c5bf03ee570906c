/**
 * sql/time-travel: `FROM clean.orders FOR TIMESTAMP AS OF …`, which the engine does not know.
 *
 * In: a statement in Athena's words.
 * Out: the statement with each such table under a name of its own, and which moment or snapshot each name means.
 * Invariant: text inside quotes and comments is never touched; without these words the statement comes back as it was.
 * @source Amazon Athena, "Perform time travel and version travel queries"
 */
import { HemlineError } from '../../std/errors.ts'

/** A table at a moment or at a snapshot. */
export interface TimeTravel {
  /** `zone.table`. */
  readonly name: string
  /** What the statement calls it, `zone.table@…`, in lower case. */
  readonly alias: string
  readonly asOf: { readonly timestampMs: number } | { readonly snapshotId: bigint }
}

export interface TravelledStatement {
  readonly sql: string
  readonly travels: readonly TimeTravel[]
}

/** More tables of the past than this in one statement are refused. */
const MAX_TRAVELS = 8
const NAME = String.raw`(?:"[a-z_]\w*"|[a-z_]\w*)`
const TEXT = String.raw`'(?:[^']|'')*'`
/** Quoted text and comments come first, so that what stands in them is passed over. */
const TOKENS = new RegExp(
  String.raw`${TEXT}|--[^\n]*|/\*[\s\S]*?\*/|(${NAME})\s*\.\s*(${NAME})\s+FOR\s+(?:TIMESTAMP\s+AS\s+OF\s+(?:TIMESTAMP\s*)?(${TEXT})|VERSION\s+AS\s+OF\s+(\d{1,19}))|"(?:[^"]|"")*"`,
  'gi',
)

/** What may follow a table that has no alias. */
const NO_ALIAS =
  /^\s*(?:$|[,;)]|(?:where|group|order|having|limit|offset|fetch|join|left|right|full|inner|cross|natural|on|using|union|except|intersect|window)\b)/i

/** @throws HEM_SQL_INVALID when a time cannot be read */
export function travelsOf(sql: string): TravelledStatement {
  const travels = new Map<string, TimeTravel>()
  const rewrite = (whole: string, ...groups: readonly (string | number | undefined)[]): string => {
    const [zone, table, time, id, offset] = groups as readonly [string?, string?, string?, string?, number?]
    if (zone === undefined || table === undefined) return whole
    const name = `${bare(zone)}.${bare(table)}`
    const asOf = id === undefined ? { timestampMs: momentOf(time ?? '') } : { snapshotId: BigInt(id) }
    const point = 'snapshotId' in asOf ? `snapshot ${asOf.snapshotId}` : `${asOf.timestampMs}`
    const alias = `${name}@${point}`
    travels.set(alias, { name, alias, asOf })
    if (travels.size > MAX_TRAVELS) throw invalid(`at most ${MAX_TRAVELS} tables of the past`, `${travels.size}`)
    const plainName = NO_ALIAS.test(sql.slice((offset ?? 0) + whole.length)) ? ` AS "${bare(table)}"` : ''
    return `"${bare(zone)}"."${bare(table)}@${point}"${plainName}`
  }
  return { sql: sql.replace(TOKENS, rewrite), travels: [...travels.values()] }
}

function bare(name: string): string {
  return name.replaceAll('"', '').toLowerCase()
}

/** '2026-11-24 08:00:00 UTC', with or without zone; without one it is UTC, as everywhere in the lake. */
function momentOf(quoted: string): number {
  const text = quoted.slice(1, -1).trim()
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?\s*(UTC|Z|[+-]\d{2}:?\d{2})?$/i.exec(text)
  const [, date, clock = '00:00', zone = 'Z'] = match ?? []
  const iso = `${date}T${clock.length === 5 ? `${clock}:00` : clock}${/^(utc|z)$/i.test(zone) ? 'Z' : zone}`
  const timestampMs = match === null ? Number.NaN : Date.parse(iso)
  if (Number.isNaN(timestampMs)) throw invalid(`a time such as '2026-11-24 08:00:00 UTC'`, quoted)
  return timestampMs
}

function invalid(expected: string, got: string): HemlineError {
  return new HemlineError('HEM_SQL_INVALID', {
    subject: 'FOR TIMESTAMP AS OF',
    expected,
    got,
    remedy: 'correct the statement',
  })
}
