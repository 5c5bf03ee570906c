/**
 * deliver/land-objects: what a service has laid down in files comes into the landing zone, in the order of landing.
 *
 * In: files of `deliveredLines`, compressed or not, that appear below a folder.
 * Out: rows of landing.clickstreams, landing.product_changes and landing.quarantine; the files are removed.
 * Guarantee: each line exactly once in its table, whatever crashes, comes twice or runs beside this: a plan, written once
 *   and never changed, says which files come next and how many records they hold; rows and checkpoint change in one commit.
 *   What the service itself repeats is there twice, and once in clean.
 * Invariant: a file is removed only when the checkpoint is past its records.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { formatTime } from '../../parts/event/time.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import type { FileStore } from '../../parts/lake/port.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import type { PreparedRecord } from './batch.ts'
import { deliveredUpto, writeBatch } from './deliver.ts'
import { landedPosition, landedRecords } from './delivered-lines.ts'

/** Of files as they lie there, which a compressed one multiplies by some eight in memory. */
const PLAN_BYTES_MAX = 32 * 1024 * 1024
const PLAN_FILES_MAX = 200
/** No run lasts so long, so nobody can still be about to write a plan that old. */
const PLANS_KEPT_MS = 24 * 60 * 60_000

export interface LandOptions {
  readonly lake: Lake
  /** Where the service writes; its files are removed. */
  readonly objects: FileStore
  readonly objectsFolder: string
  /** Where plans rest: a file that exists is never written again. */
  readonly plans: FileStore
  readonly plansFolder: string
  readonly clock: Clock
  /** An existing folder of this machine for lines on their way. */
  readonly folder: string
}

export interface Landed {
  readonly files: number
  /** Rows of landing.clickstreams. */
  readonly events: number
  readonly deadLettered: number
  /** Whether more files wait. */
  readonly isBehind: boolean
}

interface Plan {
  readonly files: readonly string[]
  readonly records: number
}

const NOTHING: Landed = { files: 0, events: 0, deadLettered: 0, isBehind: false }

/** Lands one plan; call again while `isBehind`. */
export async function landObjects(options: LandOptions): Promise<Landed> {
  const { objects, objectsFolder } = options
  const reached = Number((await deliveredUpto(options.lake))?.sequence_number ?? 0)
  const newest = await newestPlan(options, reached)
  if (newest !== null && newest.after + newest.plan.records > reached) return carryOut(options, newest)
  // The last run may have ended between its commit and this.
  if (newest !== null) for (const file of newest.plan.files) await objects.delete(file)
  const waiting = (await objects.list(objectsFolder)).toSorted((left, right) => (left.path < right.path ? -1 : 1))
  if (waiting.length === 0) return NOTHING
  const files: string[] = []
  let bytes = 0
  for (const file of waiting.slice(0, PLAN_FILES_MAX)) {
    if (files.length > 0 && bytes + file.bytes > PLAN_BYTES_MAX) break
    files.push(file.path)
    bytes += file.bytes
  }
  const records = await readRecords(options, files, reached)
  const plan = { files, records: records.length }
  // Another run was first: it lands them, or the next run does.
  if (!(await writePlan(options, reached, plan))) return { ...NOTHING, isBehind: true }
  const landed = await carryOut(options, { after: reached, plan }, records)
  return { ...landed, isBehind: files.length < waiting.length }
}

async function carryOut(
  options: LandOptions,
  { after, plan }: { readonly after: number; readonly plan: Plan },
  read?: readonly PreparedRecord[],
): Promise<Landed> {
  const { lake, objects, folder } = options
  const records = read ?? (await readRecords(options, plan.files, after))
  const upto = landedPosition(after + plan.records)
  // A file of its own: another run beside this one must not empty what is just being read.
  const lines = await mkdtemp(join(folder, 'land-'))
  let written: Awaited<ReturnType<typeof writeBatch>>
  try {
    written = await writeBatch({ lake, linesPath: join(lines, 'lines.ndjson') }, records, upto)
  } finally {
    await rm(lines, { recursive: true, force: true })
  }
  for (const file of plan.files) await objects.delete(file)
  return { files: plan.files.length, events: written.events, deadLettered: written.deadLettered, isBehind: true }
}

async function readRecords(options: LandOptions, files: readonly string[], after: number): Promise<PreparedRecord[]> {
  const landedAt = formatTime(options.clock.nowMs())
  const records: PreparedRecord[] = []
  for (const file of files) {
    const bytes = await options.objects.read(file)
    const text = Buffer.from(isCompressed(bytes) ? gunzipSync(bytes) : bytes).toString('utf8')
    for (const record of landedRecords(text, after + records.length, landedAt)) records.push(record)
  }
  return records
}

function isCompressed(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** The plan that the checkpoint stands in or at the end of; older ones are removed after a day. */
async function newestPlan({ plans, plansFolder, clock }: LandOptions, reached: number) {
  const reachedPath = planPath(plansFolder, reached)
  const found = (await plans.list(plansFolder)).toSorted((left, right) => (left.path < right.path ? -1 : 1))
  const newest = found.findLast((file) => file.path <= reachedPath)
  if (newest === undefined) return null
  for (const { path, modifiedMs } of found) {
    if (path < newest.path && modifiedMs < clock.nowMs() - PLANS_KEPT_MS) await plans.delete(path)
  }
  const plan = JSON.parse(Buffer.from(await plans.read(newest.path)).toString('utf8')) as Plan
  return { after: Number(newest.path.slice(plansFolder.length + 1, -'.json'.length)), plan }
}

/** @returns false where there is a plan for what comes next already */
async function writePlan({ plans, plansFolder }: LandOptions, after: number, plan: Plan): Promise<boolean> {
  try {
    await plans.write(planPath(plansFolder, after), Buffer.from(JSON.stringify(plan)))
    return true
  } catch (error) {
    if (error instanceof HemlineError && error.code === 'HEM_LAKE_FILE_EXISTS') return false
    throw error
  }
}

function planPath(folder: string, after: number): string {
  return `${folder}/${landedPosition(after).sequence_number}.json`
}
