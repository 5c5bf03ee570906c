/**
 * lake/manifest-avro: the Avro schemas of manifests and manifest lists.
 *
 * In: a table's partition spec.
 * Out: the schemas, with the field ids that other engines look fields up by.
 * Invariant: ids and names are those of the Iceberg specification, version 2.
 * @source Apache Iceberg specification version 2, "Manifests" and "Manifest Lists"
 */
import type { AvroField, AvroRecord, AvroSchema } from './avro.ts'
import type { IcebergPartitionSpec } from './schema.ts'

function field(id: number, name: string, type: AvroSchema): AvroField {
  return { name, type, 'field-id': id }
}

function optional(id: number, name: string, type: AvroSchema): AvroField {
  return { name, type: ['null', type], default: null, 'field-id': id }
}

/** A map with integer keys, which Avro has not: a list of pairs. */
function intMap(keyId: number, valueId: number, value: AvroSchema): AvroSchema {
  const pair: AvroRecord = {
    type: 'record',
    name: `k${keyId}_v${valueId}`,
    fields: [field(keyId, 'key', 'int'), field(valueId, 'value', value)],
  }
  return { type: 'array', logicalType: 'map', items: pair }
}

/** A day, whether of an identity date or of a timestamp's day: both are Avro's date. */
const DAY = { type: 'int', logicalType: 'date' } as unknown as AvroSchema

export function entrySchema(spec: IcebergPartitionSpec): AvroRecord {
  const partition: AvroRecord = {
    type: 'record',
    name: 'r102',
    fields: spec.fields.map((part) => optional(part['field-id'], part.name, DAY)),
  }
  const dataFile: AvroRecord = {
    type: 'record',
    name: 'r2',
    fields: [
      field(134, 'content', 'int'),
      field(100, 'file_path', 'string'),
      field(101, 'file_format', 'string'),
      field(102, 'partition', partition),
      field(103, 'record_count', 'long'),
      field(104, 'file_size_in_bytes', 'long'),
      optional(108, 'column_sizes', intMap(117, 118, 'long')),
      optional(109, 'value_counts', intMap(119, 120, 'long')),
      optional(110, 'null_value_counts', intMap(121, 122, 'long')),
      optional(125, 'lower_bounds', intMap(126, 127, 'bytes')),
      optional(128, 'upper_bounds', intMap(129, 130, 'bytes')),
      optional(140, 'sort_order_id', 'int'),
    ],
  }
  return {
    type: 'record',
    name: 'manifest_entry',
    fields: [
      field(0, 'status', 'int'),
      optional(1, 'snapshot_id', 'long'),
      optional(3, 'sequence_number', 'long'),
      optional(4, 'file_sequence_number', 'long'),
      field(2, 'data_file', dataFile),
    ],
  }
}

const FIELD_SUMMARY: AvroRecord = {
  type: 'record',
  name: 'r508',
  fields: [
    field(509, 'contains_null', 'boolean'),
    optional(518, 'contains_nan', 'boolean'),
    optional(510, 'lower_bound', 'bytes'),
    optional(511, 'upper_bound', 'bytes'),
  ],
}

export const MANIFEST_LIST_SCHEMA: AvroRecord = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    field(500, 'manifest_path', 'string'),
    field(501, 'manifest_length', 'long'),
    field(502, 'partition_spec_id', 'int'),
    field(517, 'content', 'int'),
    field(515, 'sequence_number', 'long'),
    field(516, 'min_sequence_number', 'long'),
    field(503, 'added_snapshot_id', 'long'),
    field(504, 'added_files_count', 'int'),
    field(505, 'existing_files_count', 'int'),
    field(506, 'deleted_files_count', 'int'),
    field(512, 'added_rows_count', 'long'),
    field(513, 'existing_rows_count', 'long'),
    field(514, 'deleted_rows_count', 'long'),
    optional(507, 'partitions', { type: 'array', items: FIELD_SUMMARY, 'element-id': 508 }),
  ],
}
