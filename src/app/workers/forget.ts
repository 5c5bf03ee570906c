/**
 * workers/forget: the lake's part of forgetting somebody.
 *
 * In: an erasure, the lake and the stream it comes from.
 * Out: what is the person's; what is to be put in the stream; then the lake and the files on their way without it.
 * Invariant: to be called in the lake's turn, so that no night and no delivery writes meanwhile.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Erasure, RemovedAt } from '../../parts/access/suppression.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import { countInLake, eraseFromLake } from '../../steps/forget/erase-lake.ts'
import { quarantinedRows, streamRemains } from '../../steps/forget/erase-stream.ts'
import { findTrace, type Trace } from '../../steps/forget/trace.ts'
import { TAIL_PREFIX } from '../sql-snapshots.ts'
import type { OnProgress } from '../worker-calls.ts'

export interface ForgetContext {
  readonly lake: Lake
  readonly reader: StreamReader
  /** Hex. */
  readonly hashKey: string
  /** Files on their way. */
  readonly folder: string
}

export interface TraceArgument {
  readonly erasure: Erasure
  /** The id asked for; null where only its hash is left. */
  readonly known: string | null
  /** Counts what would go, and changes nothing. */
  readonly isDryRun: boolean
}

/** Plain values, since they go between threads. */
export interface Traced {
  readonly trace: Trace
  readonly remains: readonly StoredRecord[]
  /** For a dry run. */
  readonly counts: readonly RemovedAt[]
}

/** Landing must hold all that the stream does. */
export async function tracePerson(context: ForgetContext, argument: TraceArgument): Promise<Traced> {
  const { lake, reader, hashKey } = context
  const { erasure, known, isDryRun } = argument
  const trace = await findTrace(erasure, known, { lake, hashKey })
  const quarantined = await quarantinedRows(lake, trace)
  const remains = await streamRemains(lake, reader, { trace, quarantined })
  const counts = isDryRun ? await countInLake(lake, { erasure, trace, quarantined, hashKey }) : []
  return { trace, remains, counts }
}

export interface EraseArgument {
  readonly erasure: Erasure
  readonly trace: Trace
}

export async function erasePerson(
  context: ForgetContext,
  { erasure, trace }: EraseArgument,
  onProgress: OnProgress,
): Promise<readonly RemovedAt[]> {
  const { lake, hashKey, folder } = context
  const quarantined = await quarantinedRows(lake, trace)
  const removed = await eraseFromLake(lake, { erasure, trace, quarantined, hashKey }, (done, total) =>
    onProgress({ label: 'forget: tables', done, total }),
  )
  return [...removed, { place: 'work', counts: { files: removeLeftFiles(folder) } }]
}

/** Nothing is on its way now: what lies here is of runs that are over. Others hold the tails, and DuckDB its spill folders. */
function removeLeftFiles(folder: string): number {
  const left = readdirSync(folder).filter((name) => !name.startsWith(TAIL_PREFIX) && !name.startsWith('spill-'))
  for (const name of left) rmSync(join(folder, name), { recursive: true, force: true })
  return left.length
}
