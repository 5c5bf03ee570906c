/**
 * lambda/lake-adapters: the lake on S3 and Glue; apart from the other adapters, since DuckDB comes with it.
 *
 * In: a function's environment.
 * Out: the lake, with all its tables.
 * Invariant: nothing here is bundled into a function that opens no lake.
 */
import { openLake, type Lake } from '../../parts/lake/lake.ts'
import { LAKE_TABLES } from '../../parts/lake/tables.ts'
import { openGlueCatalogue } from '../../wings/aws/lake/table-catalogue.ts'
import { openFiles } from './adapters.ts'
import { SCRATCH_FOLDER, type LambdaEnvironment } from './environment.ts'

/** Half of the smallest of these functions; the rest is for what moves rows. */
const DUCKDB_MEMORY = '1GB'
const DUCKDB_THREADS = 2

/** @param zones those the function may write to, whose tables it makes */
export async function openAwsLake(environment: LambdaEnvironment, zones: readonly string[]): Promise<Lake> {
  const { access, clock, entropy } = environment
  const files = await openFiles(environment)
  const lake = await openLake({
    files,
    catalogue: openGlueCatalogue({ access, files, entropy }),
    clock,
    entropy,
    tables: LAKE_TABLES,
    memoryLimit: DUCKDB_MEMORY,
    threads: DUCKDB_THREADS,
    spillFolder: SCRATCH_FOLDER,
  })
  await lake.ensureTables(zones)
  return lake
}
