/**
 * workers/repair: what is damaged in the lake, and how it is made good again.
 *
 * In: the lake, the stream it came from, and the shop for what the nights copy.
 * Out: findings with what to do; tables rebuilt from landing, the stream or the shop.
 * Invariant: healthy files are left alone; what cannot be brought back is said.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import type { Damage, TableCheck } from '../../parts/lake/verify.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import { balanceOf, type Balance } from '../../steps/deliver/balance.ts'
import { LANDING_TABLES, restoreLanding } from '../../steps/deliver/restore-landing.ts'
import type { Refiner } from '../../steps/refine/clickstreams.ts'
import type { OnProgress } from '../worker-calls.ts'

export interface LakeVerification {
  readonly tables: readonly TableCheck[]
  /** Null where landing is damaged, so that it cannot be counted. */
  readonly balance: Balance | null
}

export interface RepairContext {
  readonly lake: Lake
  readonly reader: StreamReader
  readonly refiner: Refiner
  /** An existing folder for files on their way. */
  readonly folder: string
  readonly onProgress: OnProgress
  /** Delivers what waits in the stream. */
  readonly deliver: () => Promise<unknown>
}

export async function verifyLake({
  lake,
  reader,
  onProgress,
}: Pick<RepairContext, 'lake' | 'reader' | 'onProgress'>): Promise<LakeVerification> {
  const tables: TableCheck[] = []
  for (const name of lake.tableNames) {
    tables.push(await lake.verify(name))
    onProgress({ label: 'tables', done: tables.length, total: lake.tableNames.length })
  }
  const counted: readonly string[] = ['landing.clickstreams', 'landing.quarantine']
  const isCountable = damagesOf(tables).every((damage) => !damage.isCurrent || !counted.includes(damage.table))
  return { tables, balance: isCountable ? await balanceOf(lake, reader) : null }
}

/** What was made good, and the nights that have to run again for what only the shop still holds. */
export interface Repair {
  readonly done: readonly string[]
  /** Null: none. `since` null: only those that are due. */
  readonly nights: { readonly since: string | null } | null
}

export async function repairLake(context: RepairContext): Promise<Repair> {
  const { lake, onProgress } = context
  const { tables } = await verifyLake(context)
  const damaged = tables.filter((table) => table.damages.length > 0)
  const done: string[] = []
  const dates: (string | null)[] = []
  for (const [index, { table, damages }] of damaged.entries()) {
    onProgress({ label: `repair ${table}`, done: index, total: damaged.length })
    const current = damages.filter((damage) => damage.isCurrent)
    const isReset = current.some((damage) => damage.part === 'manifest')
    if (isReset) await lake.reset(table)
    const files = isReset ? [] : current.map((damage) => damage.location)
    if (current.length === 0) done.push(`${table}: older snapshots forgotten, since files of theirs were damaged`)
    else {
      const made = await rebuild(context, { table, files, isReset })
      if (made === null) dates.push(isReset ? null : earliestDate(files))
      done.push(made ?? `${table}: damaged files left out; its rows come from the shop again`)
    }
    // What only older snapshots need has no other source than the past, which goes.
    await lake.forgetPast(table)
  }
  if (dates.length === 0) return { done, nights: null }
  const known = dates.filter((date) => date !== null).toSorted()
  return { done, nights: { since: known.length < dates.length ? await firstNight(lake) : (known[0] ?? null) } }
}

interface Broken {
  readonly table: string
  readonly files: readonly string[]
  readonly isReset: boolean
}

/** What was done, or null where the shop's database is the source. */
async function rebuild(context: RepairContext, { table, files, isReset }: Broken): Promise<string | null> {
  const { lake, refiner } = context
  const landing = LANDING_TABLES.find((name) => name === table)
  if (landing === 'landing.clickstreams' && isReset) {
    await context.deliver()
    return `${table}: delivered anew from the stream`
  }
  if (landing !== undefined) {
    const { restoredRows } = await restoreLanding(context, landing, files)
    return `${table}: ${restoredRows} rows brought back from the stream`
  }
  if (table === 'clean.clickstreams') {
    const { rows } = await refiner.rebuild()
    return `${table}: ${rows} rows made anew from landing`
  }
  await lake.replaceFiles(table, files, { rows: [] })
  return null
}

/** The earliest date among the partitions of files, by their folders' names. */
function earliestDate(files: readonly string[]): string | null {
  const dates = files.flatMap((file) => /=(\d{4}-\d{2}-\d{2})\//.exec(file)?.[1] ?? [])
  return dates.toSorted()[0] ?? null
}

async function firstNight(lake: Lake): Promise<string | null> {
  const connection = await lake.connect(['mart.nightly_runs'])
  try {
    const reader = await connection.runAndReadAll('SELECT CAST(min(shop_date) AS VARCHAR) FROM mart.nightly_runs')
    return (reader.getRows()[0]?.[0] ?? null) as string | null
  } finally {
    connection.closeSync()
  }
}

function damagesOf(tables: readonly TableCheck[]): readonly Damage[] {
  return tables.flatMap((table) => table.damages)
}
