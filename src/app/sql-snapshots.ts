/**
 * app/sql-snapshots: the tables a question sees: the newest snapshots, and the events not yet in them.
 *
 * In: the lake's tables, the stream's tail.
 * Out: a snapshot whose landing and clean clickstreams hold every acknowledged event, once.
 * Invariant: the tail begins exactly where the snapshot's checkpoint ends.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Lake } from '../parts/lake/lake.ts'
import type { SqlSnapshot, SqlTable } from '../parts/sql/port.ts'
import { unknownTable } from '../parts/sql/refusals.ts'
import type { TimeTravel } from '../parts/sql/time-travel.ts'
import { formatCheckpoint } from '../parts/stream/checkpoint.ts'
import type { Position } from '../parts/stream/position.ts'
import type { Clock } from '../std/clock.ts'
import { deliveredUpto } from '../steps/deliver/deliver.ts'
import { freshTailSelect, openFreshTail, type FreshTail } from '../steps/deliver/fresh-tail.ts'
import { refinedUpto, refineSelect } from '../steps/refine/clickstreams.ts'
import { openStreamReader } from '../wings/embedded/stream/lmdb-reader.ts'
import type { DataPaths } from './data-folder.ts'
import { openFolderLake } from './lake-access.ts'

export interface SqlSnapshotOptions {
  readonly paths: DataPaths
  readonly doorbell: SharedArrayBuffer
  readonly clock: Clock
  readonly timeZone: string
}

export interface SqlSnapshots {
  /** A function that gives the tables of each moment to one query process, which must not be reading when it is called. */
  forProcess(number: number): (travels: readonly TimeTravel[]) => Promise<SqlSnapshot>
  /** Empties the tails; the next question of each process fills its own again with what is not in the lake. */
  emptyTails(): Promise<void>
  close(): Promise<void>
}

/** A commit may fall between reading a checkpoint and the files; then both are read again. */
const MAX_LOOKS = 10
export const TAIL_PREFIX = 'fresh-tail-'

export function openSqlSnapshots(options: SqlSnapshotOptions): SqlSnapshots {
  const reader = openStreamReader({ folder: options.paths.stream, doorbell: options.doorbell })
  const opened = openFolderLake(options.paths, { clock: options.clock, memoryLimit: '64MB', threads: 1 })
  opened.catch(() => undefined)
  const lookAt = keptLook()
  const tails: Promise<FreshTail>[] = []
  removeTails(options.paths.work)
  return {
    forProcess(number) {
      // Each process has a tail of its own, since a tail may change only while nobody reads it.
      const tailPath = join(options.paths.work, `${TAIL_PREFIX}${number}.ndjson`)
      const tailOpened = openFreshTail(reader, tailPath)
      tailOpened.catch(() => undefined)
      tails.push(tailOpened)
      return async (travels) => {
        const lake = await opened
        const freshTail = await tailOpened
        const { snapshot, delivered, refined } = await lookAt(lake)
        const { rows } = await freshTail.refresh(delivered)
        // With nothing new in either, the lake alone answers, which is faster.
        const hasTail = rows > 0 || textOf(delivered) !== textOf(refined)
        const tail = { tailPath, delivered, refined, timeZone: options.timeZone }
        const tables = hasTail ? withTail(snapshot.tables, tail) : snapshot.tables
        const past = await tablesOfPast(lake, travels)
        // The tail is read anew by each question, so its growth makes no new snapshot.
        const positions = `delivered ${textOf(delivered)} refined ${textOf(refined)} ${hasTail ? 'and later' : ''}`
        return { key: `${snapshot.key} ${positions} ${past.key}`, tables: [...tables, ...past.tables] }
      }
    },
    async emptyTails() {
      for (const tail of tails) await (await tail).empty()
    },
    async close() {
      await reader.close()
      const lake = await opened
      lake.close()
      removeTails(options.paths.work)
    },
  }
}

/** Events lie in the stream and the lake; a copy that nobody reads is only one more place to forget. */
function removeTails(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(TAIL_PREFIX)) rmSync(join(folder, name), { force: true })
}

/** Of the past there is no tail: what was not committed then is not seen. */
async function tablesOfPast(lake: Lake, travels: readonly TimeTravel[]): Promise<SqlSnapshot> {
  const tables: SqlTable[] = []
  for (const { name, alias, asOf } of travels) {
    if (!lake.tableNames.includes(name)) throw unknownTable(name, new Set(lake.tableNames))
    const scan = await lake.snapshotFiles(name, { asOf })
    tables.push({ name: alias, select: `SELECT * FROM ${scan.sql}`, files: scan.localPaths })
  }
  return { key: tables.map((table) => table.name).join(' '), tables }
}

const textOf = (position: Position | null) => (position === null ? 'nothing' : formatCheckpoint(position))

type Look = Awaited<ReturnType<typeof look>>

async function look(lake: Lake) {
  const delivered = await deliveredUpto(lake)
  const refined = await refinedUpto(lake)
  const snapshot = await lake.snapshot()
  return { delivered, refined, snapshot }
}

/** A look reads the manifests of every table, so it is kept until a table has moved. */
function keptLook(): (lake: Lake) => Promise<Look> {
  let kept: { readonly version: string; readonly seen: Look } | null = null
  return async (lake) => {
    const states = await Promise.all(lake.tableNames.map((name) => lake.table(name)))
    const version = states.map((state) => state.metadataLocation).join(' ')
    // The version is read before the look: where a commit fell between, the next question looks again.
    if (kept?.version !== version) kept = { version, seen: await steadyLook(lake) }
    return kept.seen
  }
}

async function steadyLook(lake: Lake): Promise<Look> {
  let seen = await look(lake)
  for (let n = 1; n < MAX_LOOKS; n++) {
    const again = await look(lake)
    // Its checkpoints were read between two equal snapshots, so they belong to them; those of `seen` may be older.
    if (again.snapshot.key === seen.snapshot.key) return again
    seen = again
  }
  return seen
}

interface Tail {
  readonly tailPath: string
  readonly delivered: Look['delivered']
  readonly refined: Look['refined']
  readonly timeZone: string
}

function withTail(tables: readonly SqlTable[], { tailPath, delivered, refined, timeZone }: Tail): readonly SqlTable[] {
  const selects = Object.fromEntries(tables.map((table) => [table.name, table.select]))
  const files = Object.fromEntries(tables.map((table) => [table.name, table.files]))
  const undelivered = freshTailSelect(tailPath)
  const landing = `SELECT * FROM (${selects['landing.clickstreams']}) UNION ALL BY NAME (${undelivered})`
  // Where refining has caught up with delivering, what clean lacks is in the tail alone.
  const unrefined = textOf(delivered) === textOf(refined) ? undelivered : landing
  const fresh = refineSelect({
    tables: { ...selects, 'landing.clickstreams': unrefined },
    after: refined,
    upto: null,
    timeZone,
  })
  const clean = `SELECT * FROM (${selects['clean.clickstreams']}) UNION ALL BY NAME (${fresh})`
  const ofLanding = [...(files['landing.clickstreams'] ?? []), tailPath]
  return tables.map((table) => {
    if (table.name === 'landing.clickstreams') return { ...table, select: landing, files: ofLanding }
    if (table.name !== 'clean.clickstreams') return table
    const read = [...table.files, ...ofLanding, ...(files['landing.product_changes'] ?? [])]
    return { ...table, select: clean, files: [...new Set(read)] }
  })
}
