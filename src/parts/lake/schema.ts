/**
 * lake/schema: columns and partitions, in Hemline's words, Iceberg's and DuckDB's.
 *
 * In: a `TableDefinition` written as code, or the schema found in a table's metadata.
 * Out: Iceberg schema and partition spec as JSON, SQL types, and the columns' stable field ids.
 * Invariant: a column keeps its field id for good; every column is optional.
 */
import { assert } from '../../std/assert.ts'
import { HemlineError } from '../../std/errors.ts'

/** Types that Athena, Redshift, Spark, ClickHouse and DuckDB all read alike. */
export type ColumnType =
  | 'string'
  | 'int'
  | 'long'
  | 'double'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | `decimal(${number},${number})`

export interface ColumnDefinition {
  readonly name: string
  readonly type: ColumnType
  /** One sentence for a reader of the table: meaning, unit, when null. */
  readonly description: string
  /** The name it had before; a table that still has that name is given the new one, and keeps its rows. */
  readonly formerly?: string
}

export interface PartitionDefinition {
  readonly column: string
  /** `identity` of a date column, or the UTC `day` of a timestamp. */
  readonly transform: 'identity' | 'day'
}

export interface TableDefinition {
  readonly namespace: string
  readonly table: string
  /** What one row is. */
  readonly description: string
  readonly columns: readonly ColumnDefinition[]
  readonly partition: PartitionDefinition | null
}

export interface IcebergField {
  readonly id: number
  readonly name: string
  readonly required: boolean
  readonly type: ColumnType
  readonly doc?: string
}

export interface IcebergSchema {
  readonly type: 'struct'
  readonly 'schema-id': number
  readonly fields: readonly IcebergField[]
}

export interface IcebergPartitionField {
  readonly 'source-id': number
  readonly 'field-id': number
  readonly name: string
  readonly transform: 'identity' | 'day'
}

export interface IcebergPartitionSpec {
  readonly 'spec-id': number
  readonly fields: readonly IcebergPartitionField[]
}

/** Iceberg numbers partition fields from here. */
const FIRST_PARTITION_FIELD_ID = 1000
const PORTABLE_TYPE = /^(string|int|long|double|boolean|date|timestamp|decimal\(\d+, ?\d+\))$/

export function icebergSchema(definition: TableDefinition): IcebergSchema {
  const fields = definition.columns.map((column, index) => newField(index + 1, column))
  return { type: 'struct', 'schema-id': 0, fields }
}

function newField(id: number, column: ColumnDefinition): IcebergField {
  const type = column.type.replace(',', ', ') as ColumnType
  return { id, name: column.name, required: false, type, doc: column.description }
}

/** The schema with columns renamed as the definition says and those it lacks added at its end, or null where it fits. */
export function evolvedSchema(
  stored: IcebergSchema,
  definition: TableDefinition,
  ids: { readonly lastColumnId: number; readonly schemaId: number },
): IcebergSchema | null {
  const schema = withRenamedColumns(stored, definition)
  const known = new Map(schema.fields.map((field) => [field.name, field]))
  const added: IcebergField[] = []
  for (const column of definition.columns) {
    const field = known.get(column.name)
    if (field === undefined) added.push(newField(ids.lastColumnId + added.length + 1, column))
    else if (sqlType(field.type) !== sqlType(column.type)) {
      throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
        subject: `${definition.namespace}.${definition.table}.${column.name}`,
        expected: `type ${column.type}`,
        got: `type ${field.type} in the stored table`,
        remedy: 'rebuild the table under a new name',
      })
    }
  }
  if (added.length === 0 && schema === stored) return null
  return { type: 'struct', 'schema-id': ids.schemaId, fields: [...schema.fields, ...added] }
}

function withRenamedColumns(schema: IcebergSchema, definition: TableDefinition): IcebergSchema {
  const names = new Set(schema.fields.map((field) => field.name))
  const renamed = new Map(
    definition.columns
      .filter(({ name, formerly }) => formerly !== undefined && names.has(formerly) && !names.has(name))
      .map(({ name, formerly }) => [formerly, name]),
  )
  if (renamed.size === 0) return schema
  const fields = schema.fields.map((field) => ({ ...field, name: renamed.get(field.name) ?? field.name }))
  return { ...schema, fields }
}

export function icebergPartitionSpec(definition: TableDefinition, schema: IcebergSchema): IcebergPartitionSpec {
  const partition = definition.partition
  if (partition === null) return { 'spec-id': 0, fields: [] }
  const source = fieldNamed(schema, partition.column)
  assert(
    source.type === (partition.transform === 'day' ? 'timestamp' : 'date'),
    `partition column ${partition.column} has type ${source.type}`,
  )
  const field = {
    'source-id': source.id,
    'field-id': FIRST_PARTITION_FIELD_ID,
    name: partition.transform === 'day' ? `${partition.column}_day` : partition.column,
    transform: partition.transform,
  }
  return { 'spec-id': 0, fields: [field] }
}

function fieldNamed(schema: IcebergSchema, name: string): IcebergField {
  const field = schema.fields.find((candidate) => candidate.name === name)
  assert(field !== undefined, `no column ${name}`)
  return field
}

/** DuckDB's name of a column type. */
export function sqlType(type: ColumnType): string {
  switch (type) {
    case 'string':
      return 'VARCHAR'
    case 'int':
      return 'INTEGER'
    case 'long':
      return 'BIGINT'
    case 'double':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'date':
      return 'DATE'
    case 'timestamp':
      return 'TIMESTAMP'
    default:
      return type.replace('decimal', 'DECIMAL').replace(' ', '')
  }
}

/** @throws HEM_LAKE_UNSUPPORTED when another engine gave the table a column that Hemline cannot read */
export function checkReadable(table: string, schema: IcebergSchema): void {
  for (const field of schema.fields) {
    if (typeof field.type === 'string' && PORTABLE_TYPE.test(field.type)) continue
    throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
      subject: `${table}.${field.name}`,
      expected: 'string, int, long, double, boolean, date, timestamp or decimal',
      got: JSON.stringify(field.type),
      remedy: 'drop the column with the engine that added it',
    })
  }
}

/** A name as SQL reads it back. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL reads it back. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
