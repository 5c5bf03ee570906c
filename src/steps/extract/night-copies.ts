/**
 * extract/night-copies: a night in two halves, for where who reads the shop cannot reach the lake.
 *
 * In: the shop's database and a file store on one side; the file store and the lake on the other.
 * Out: copies of the shop's days as files, and later the rows of landing and clean.
 * Guarantee: no date is left out: the first half goes on after the newest copy, the second after the newest night that came
 *   to its end; either may run again.
 * Late edits: the days before are copied too, as always; older days whose count or sum has changed since the copy before
 *   are copied once more.
 * Invariant: users are redacted before a file is written; a copy counts once its facts are there, which are written last.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileStore } from '../../parts/lake/port.ts'
import type { OrderDay } from '../../parts/shopdb/port.ts'
import { addDays, datesBetween } from '../../parts/shopdb/shop-day.ts'
import { datesSince } from './due-nights.ts'
import { spansOf } from './edited-days.ts'
import { NIGHT_TABLES, type NightTable } from './night-files.ts'
import { copyNight, OVERLAP_DAYS, type NightCopy, type NightOptions } from './run-nights.ts'

export interface CopyOptions extends Omit<NightOptions, 'lake' | 'overlapDays'> {
  readonly files: FileStore
  /** Such as "extract". */
  readonly copiesFolder: string
}

/** Where the rows of one reading lie. */
interface StoredCopy extends Omit<NightCopy, 'paths'> {
  readonly folder: string
}

export interface StoredNight {
  readonly dates: readonly string[]
  /** The dates first, then spans of older days that were edited. */
  readonly copies: readonly StoredCopy[]
  /** Count and sum of every day at this time, for the next copy to compare. */
  readonly orderDays: readonly OrderDay[]
}

const FACTS = 'night.json'

/** Copies the dates that are due. @returns the dates; none where nothing is due */
export async function storeNight(options: CopyOptions): Promise<readonly string[]> {
  const { shop, files, copiesFolder, clock } = options
  const [newest] = (await factPaths(files, copiesFolder)).toReversed()
  const before = newest === undefined ? null : await readFacts(files, newest)
  const dates = await datesSince(before?.dates.at(-1) ?? null, options)
  const [first] = dates
  if (first === undefined) return []
  const readFrom = addDays(first, -OVERLAP_DAYS)
  const orderDays = await shop.orderDays()
  const edited = before === null ? [] : editedSince(before.orderDays, orderDays, readFrom)
  const root = `${copiesFolder}/${dates[dates.length - 1]}/${clock.nowMs()}`
  const copies: StoredCopy[] = []
  for (const span of [dates, ...edited]) {
    const spanDates = span === dates ? datesBetween(readFrom, dates[dates.length - 1]) : span
    copies.push(await storeCopy({ dates: span, spanDates }, `${root}/${copies.length}`, options))
  }
  const night: StoredNight = { dates, copies, orderDays }
  await files.write(`${root}/${FACTS}`, Buffer.from(JSON.stringify(night)))
  return dates
}

async function storeCopy(
  wanted: Pick<NightCopy, 'dates' | 'spanDates'>,
  folder: string,
  options: CopyOptions,
): Promise<StoredCopy> {
  const local = await mkdtemp(join(options.temporaryFolder, 'night-'))
  try {
    const { paths, ...facts } = await copyNight(wanted, local, options)
    for (const table of NIGHT_TABLES) await options.files.adopt(paths[table], pathOf(folder, table))
    return { ...facts, folder }
  } finally {
    await rm(local, { recursive: true, force: true })
  }
}

/** Days before `before` that are not what they were. */
function editedSince(then: readonly OrderDay[], now: readonly OrderDay[], before: string): string[][] {
  const textOf = ({ orders, ordersTotal }: OrderDay): string => `${orders} ${ordersTotal}`
  const were = new Map(then.map((day) => [day.shopDate, textOf(day)]))
  const are = new Map(now.map((day) => [day.shopDate, textOf(day)]))
  const dates = new Set([...were.keys(), ...are.keys()].filter((date) => date < before))
  return spansOf([...dates].filter((date) => were.get(date) !== are.get(date)).toSorted())
}

/** Nights that are stored and whose last date comes after `done`, oldest first; of two copies of a date the newer. */
export async function storedNights(
  files: FileStore,
  copiesFolder: string,
  done: string | null,
): Promise<readonly StoredNight[]> {
  const byDate = new Map<string, string>()
  for (const path of await factPaths(files, copiesFolder)) byDate.set(path.split('/').at(-3) ?? '', path)
  const waiting = [...byDate].filter(([date]) => done === null || date > done)
  return Promise.all(waiting.map(([, path]) => readFacts(files, path)))
}

/** The copy with its files on this machine. */
export async function fetchCopy(files: FileStore, { folder, ...facts }: StoredCopy): Promise<NightCopy> {
  const paths: Partial<Record<NightTable, string>> = {}
  for (const table of NIGHT_TABLES) paths[table] = await files.localPath(pathOf(folder, table))
  return { ...facts, paths: paths as NightCopy['paths'] }
}

function pathOf(folder: string, table: NightTable): string {
  return `${folder}/${table}.ndjson`
}

/** Oldest date first, of one date the oldest copy first. */
async function factPaths(files: FileStore, folder: string): Promise<readonly string[]> {
  const found = await files.list(folder)
  return found.flatMap(({ path }) => (path.endsWith(`/${FACTS}`) ? [path] : [])).toSorted()
}

async function readFacts(files: FileStore, path: string): Promise<StoredNight> {
  return JSON.parse(Buffer.from(await files.read(path)).toString('utf8')) as StoredNight
}
