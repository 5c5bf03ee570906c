/**
 * lake/ensure-table: a table is there, with all columns its definition has.
 *
 * In: a definition.
 * Out: a table created, columns added or renamed, or nothing changed.
 * Invariant: two that ensure the same table at once end with one table.
 */
import { conflict, type CommitContext } from './change.ts'
import { newTableMetadata, nextVersion, tableMetadataJson, withColumnsOf } from './metadata.ts'
import type { TableDefinition } from './schema.ts'
import { folderOf, loadTable } from './table-state.ts'

const ATTEMPTS_MAX = 10

export async function ensureTable(context: CommitContext, definition: TableDefinition): Promise<void> {
  const name = { namespace: definition.namespace, table: definition.table }
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const nowMs = context.clock.nowMs()
    const state = await loadTable(context, name)
    if (state === null) {
      const location = context.reader.files.location(folderOf(name))
      const metadata = newTableMetadata(definition, { uuid: newUuid(context.entropy(16)), location, nowMs })
      await context.catalogue.commit(name, null, tableMetadataJson(metadata))
      continue
    }
    const columns = withColumnsOf(state.metadata, definition)
    if (columns === null) return
    const next = nextVersion(state.metadata, state.metadataLocation, nowMs, columns)
    await context.catalogue.commit(name, state.version, tableMetadataJson(next))
  }
  throw conflict(name, `${ATTEMPTS_MAX} other commits in a row`)
}

function newUuid(random: Uint8Array): string {
  const bytes = Buffer.from(random)
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
