/**
 * lake-torture: the table that writers and a compactor fight over.
 *
 * In: nothing; this is a definition.
 * Out: `TORTURED`, and how many rows a commit holds.
 * Invariant: a row says which writer made it, and its number among that writer's.
 */
import type { TableDefinition } from '../src/parts/lake/schema.ts'

export const ROWS_PER_COMMIT = 10

export const TORTURED: TableDefinition = {
  namespace: 'clean',
  table: 'tortured',
  description: 'One row of one writer.',
  columns: [
    { name: 'sink', type: 'string', description: 'The writer.' },
    { name: 'number', type: 'long', description: 'Its number, from 0.' },
  ],
  partition: null,
}
