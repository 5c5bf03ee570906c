/**
 * aws/lake/glue-columns: a table as Glue shows it in lists.
 *
 * In: an Iceberg metadata document and where it lies.
 * Out: Glue's input for the table: columns for people and tools that browse, and the parameters that engines go by.
 * Invariant: engines read the metadata document alone; what stands here beside its location is for show.
 * @source Apache Iceberg, "AWS integrations: Glue catalog"; Amazon Athena, "Create Iceberg tables"
 */
import type { Column, Table, TableInput } from '@aws-sdk/client-glue'
import { currentSchema, parseTableMetadata, type TableMetadata } from '../../../parts/lake/metadata.ts'
import type { TableName } from '../../../parts/lake/port.ts'
import type { ColumnType } from '../../../parts/lake/schema.ts'
import { textOf } from '../../../parts/lake/table-state.ts'

export const METADATA_LOCATION = 'metadata_location'
export const PREVIOUS_LOCATION = 'previous_metadata_location'

export interface GlueState {
  readonly metadataLocation: string
  readonly previousLocation: string | null
  readonly metadataJson: string
}

/** @param found the table as it is; what other tools wrote into it stays */
export function tableInputOf(name: TableName, state: GlueState, found: Table | null): TableInput {
  const metadata = readable(name, state.metadataJson)
  const { [PREVIOUS_LOCATION]: _older, ...parameters } = found?.Parameters ?? {}
  return {
    Name: name.table,
    TableType: 'EXTERNAL_TABLE',
    ...(found?.Owner === undefined ? {} : { Owner: found.Owner }),
    Description: metadata?.properties['comment'] ?? found?.Description,
    Parameters: {
      ...parameters,
      table_type: 'ICEBERG',
      [METADATA_LOCATION]: state.metadataLocation,
      ...(state.previousLocation === null ? {} : { [PREVIOUS_LOCATION]: state.previousLocation }),
    },
    StorageDescriptor:
      metadata === null
        ? found?.StorageDescriptor
        : { ...found?.StorageDescriptor, Location: metadata.location, Columns: columnsOf(metadata) },
  }
}

/** Null for a document that no reader takes; the catalogue points to it all the same. */
function readable(name: TableName, json: string): TableMetadata | null {
  try {
    return parseTableMetadata(textOf(name), json)
  } catch {
    return null
  }
}

function columnsOf(metadata: TableMetadata): Column[] {
  return currentSchema(metadata).fields.map((field) => ({
    Name: field.name,
    Type: glueType(field.type),
    ...(field.doc === undefined ? {} : { Comment: field.doc.slice(0, COMMENT_LENGTH_MAX) }),
    Parameters: {
      'iceberg.field.id': String(field.id),
      'iceberg.field.optional': String(!field.required),
      'iceberg.field.current': 'true',
    },
  }))
}

/** Glue takes no longer comment of a column. */
const COMMENT_LENGTH_MAX = 255

function glueType(type: ColumnType): string {
  return type === 'long' ? 'bigint' : type.replace(', ', ',')
}
