/**
 * deploy/lake-grants: what a function may do with tables of the lake.
 *
 * In: zones.
 * Out: statements for the files, the catalogue and the key.
 * Invariant: one who reads a zone can change nothing of it; each zone is its own bucket and its own Glue database.
 */
import type { FunctionContext } from './function.ts'
import type { Grant } from './grants.ts'
import type { Names } from './names.ts'
import type { Zone } from './settings.ts'

const TABLES = 'One statement for the tables of a zone, which are made by the code; the zone is named.'
const FILES = 'Files of tables have names of their own; bucket and folder are named.'

type Context = Pick<FunctionContext, 'names' | 'key'>

export function readsZones({ names, key }: Context, zones: readonly Zone[]): Grant[] {
  return [
    {
      actions: ['s3:GetObject'],
      resources: zones.map((zone) => names.bucketArn(names.buckets[zone], `${zone}/`)),
      because: FILES,
    },
    { actions: ['s3:ListBucket'], resources: zones.map((zone) => names.bucketArn(names.buckets[zone])) },
    {
      actions: ['glue:GetDatabase', 'glue:GetDatabases', 'glue:GetTable', 'glue:GetTables'],
      resources: catalogueArns(names, zones),
      because: TABLES,
    },
    { actions: ['kms:Decrypt'], resources: [key.keyArn] },
  ]
}

export function writesZones(context: Context, zones: readonly Zone[]): Grant[] {
  const { names, key } = context
  return [
    ...readsZones(context, zones),
    {
      actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      resources: zones.map((zone) => names.bucketArn(names.buckets[zone], `${zone}/`)),
      because: FILES,
    },
    {
      actions: ['glue:CreateTable', 'glue:UpdateTable'],
      resources: catalogueArns(names, zones),
      because: TABLES,
    },
    { actions: ['kms:GenerateDataKey'], resources: [key.keyArn] },
  ]
}

/** Objects below a prefix of a bucket. */
export function objects(
  { names, key }: Context,
  {
    bucket,
    prefix,
    actions,
  }: { readonly bucket: string; readonly prefix: string; readonly actions: readonly string[] },
): Grant[] {
  return [
    { actions, resources: [names.bucketArn(bucket, prefix)], because: `Objects of this purpose lie under ${prefix}.` },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] },
  ]
}

function catalogueArns(names: Names, zones: readonly Zone[]): string[] {
  return [
    names.arn('glue', 'catalog'),
    ...zones.flatMap((zone) => [names.arn('glue', `database/${zone}`), names.arn('glue', `table/${zone}/*`)]),
  ]
}
