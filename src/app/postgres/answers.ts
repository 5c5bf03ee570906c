/**
 * postgres/answers: asks the lake or the catalogue, and makes of their answers what the protocol sends.
 *
 * In: a statement with its values, and where it goes.
 * Out: a description, or rows ready to be sent, in the formats the client asked for.
 * Invariant: an answer that was cut off ends with an error, since a client of this protocol has no other place to see it.
 */
import { fillParameters, type SqlParameter } from '../../parts/sql/parameters.ts'
import type { SqlRunner } from '../../parts/sql/port.ts'
import { truncated } from '../../parts/sql/refusals.ts'
import type { Catalogue } from './catalogue.ts'
import { faultResponse } from './faults.ts'
import {
  commandComplete,
  cString,
  dataRow,
  formatAt,
  int16,
  int32,
  message,
  noData,
  parameterDescription,
  rowDescription,
  type FieldDescription,
} from './messages.ts'
import { castOf, fieldOf, fromBinary, TEXT, toBinary } from './types.ts'

export interface Answer {
  /** RowDescription, or NoData. */
  readonly description: Buffer
  readonly rows: readonly Buffer[]
  /** CommandComplete, or the error that ends the rows. */
  readonly end: Buffer
}

/** What Bind says: values as they came, and formats. */
export interface Binding {
  /** The body of the message after the two names, for passing on. */
  readonly raw: Buffer
  readonly values: readonly (Buffer | null)[]
  readonly valueFormats: readonly number[]
  readonly resultFormats: readonly number[]
}

export const NO_BINDING: Binding = {
  raw: Buffer.concat([int16(0), int16(0), int16(0)]),
  values: [],
  valueFormats: [],
  resultFormats: [],
}

export interface StatementDescription {
  readonly parameterOids: readonly number[]
  readonly fields: readonly FieldDescription[]
}

const DESCRIPTIONS: ReadonlySet<string> = new Set(['T', 'n'])
const SILENT: ReadonlySet<string> = new Set(['1', '2', '3', 'S', 'N'])

/** @param declared types the client gave with the statement; 0 leaves one open */
export async function describeLake(
  sql: SqlRunner,
  text: string,
  declared: readonly number[],
): Promise<StatementDescription> {
  const { columns, parameterTypes } = await sql.describe(text)
  const found = parameterTypes.map((type) => (type === null ? TEXT : fieldOf('', type).oid))
  return {
    parameterOids: found.map((oid, index) => declared[index] || oid),
    fields: columns.map((column) => fieldOf(column.name, column.type)),
  }
}

/** @param oids types the client declared, or was told, for its values */
export function parametersOf(binding: Binding, oids: readonly number[]): readonly SqlParameter[] {
  return binding.values.map((bytes, index): SqlParameter => {
    const oid = oids[index] ?? 0
    if (bytes === null) return { type: null, value: null }
    const isBinary = formatAt(binding.valueFormats, index) === 1
    const value = isBinary ? fromBinary(bytes, oid) : bytes.toString('utf8')
    return { type: castOf(oid), value: oid === 16 ? booleanText(value) : value }
  })
}

export async function askLake(
  sql: SqlRunner,
  asked: {
    readonly text: string
    readonly parameters: readonly SqlParameter[]
    readonly formats: readonly number[]
    /** What the client was told of the columns, if it was. */
    readonly fields: readonly FieldDescription[] | null
    readonly signal: AbortSignal
  },
): Promise<Answer> {
  const statement = asked.parameters.length === 0 ? asked.text : fillParameters(asked.text, asked.parameters)
  const result = await sql.run(statement, { format: 'text', signal: asked.signal })
  const fields = asked.fields ?? result.columns.map((column) => fieldOf(column.name, column.type))
  const rows = result.rows.map((row) =>
    dataRow(
      row.map((value, index) => {
        if (value === null) return null
        const text = value as string
        return formatAt(asked.formats, index) === 1 ? toBinary(text, fields[index]?.oid ?? TEXT) : Buffer.from(text)
      }),
    ),
  )
  return {
    description: rowDescription(fields, asked.formats),
    rows,
    end: result.truncated ? faultResponse(truncated()) : commandComplete(`SELECT ${rows.length}`),
  }
}

/** Parse and Describe: the server's own descriptions of parameters and rows. */
export async function describeCatalogue(
  catalogue: Catalogue,
  text: string,
  declared: readonly number[],
): Promise<readonly Buffer[]> {
  const describe = message('D', Buffer.from('S'), cString(''))
  const answers = await catalogue.exchange([parseMessage(text, declared), describe])
  return answers.filter((part) => !SILENT.has(kindOf(part)))
}

export async function askCatalogue(
  catalogue: Catalogue,
  text: string,
  { binding, declared }: { readonly binding: Binding; readonly declared: readonly number[] },
): Promise<Answer> {
  const answers = await catalogue.exchange([
    parseMessage(text, declared),
    message('B', cString(''), cString(''), binding.raw),
    message('D', Buffer.from('P'), cString('')),
    message('E', cString(''), int32(0)),
  ])
  const told = answers.filter((part) => !SILENT.has(kindOf(part)))
  return {
    description: told.find((part) => DESCRIPTIONS.has(kindOf(part))) ?? noData,
    rows: told.filter((part) => kindOf(part) === 'D'),
    end: told.find((part) => kindOf(part) === 'C' || kindOf(part) === 'E') ?? commandComplete('SELECT 0'),
  }
}

export function describedMessages({ parameterOids, fields }: StatementDescription): readonly Buffer[] {
  return [parameterDescription(parameterOids), rowDescription(fields, [])]
}

export function kindOf(bytes: Buffer): string {
  return String.fromCharCode(bytes[0] ?? 0)
}

function parseMessage(text: string, declared: readonly number[]): Buffer {
  return message('P', cString(''), cString(text), int16(declared.length), ...declared.map(int32))
}

/** Drivers write a boolean as t or f, 1 or 0, or in words. */
function booleanText(value: string): string {
  return /^(t|true|1|on|yes)$/i.test(value) ? 'true' : 'false'
}
