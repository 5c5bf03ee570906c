/**
 * move/move-lake: copies a lake and its catalogue to another place, and proves that all of it arrived.
 *
 * In: two places.
 * Out: the same tables with the same snapshots and checkpoints in the second; the first is not touched.
 * Guarantee: a move that was broken off goes on when it is started again; what arrived is read back and its SHA-256
 *   compared with the source's, file by file.
 * Invariant: a table appears in the second catalogue only when all its files are there.
 */
import { createHash } from 'node:crypto'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { snapshotsOf } from '../../parts/lake/metadata.ts'
import { promisedSha256, sha256Of } from '../../parts/lake/parquet.ts'
import { folderOf, textOf } from '../../parts/lake/table-state.ts'
import { HemlineError } from '../../std/errors.ts'
import { findState, planMove, type LakePlace, type PlannedFile, type TablePlan } from './plan-move.ts'

export interface MoveOptions {
  readonly from: LakePlace
  readonly to: LakePlace
  /** Only says what there is to do. */
  readonly isDryRun: boolean
  /** Of bytes. */
  readonly onProgress: (progress: { readonly label: string; readonly done: number; readonly total: number }) => void
}

export interface MovedTable {
  /** Such as "clean.orders". */
  readonly table: string
  readonly rows: number
  readonly files: number
  readonly bytes: number
  /** Files that were there from a move that was broken off. */
  readonly alreadyThere: number
}

/** Files on their way at one time. */
const FILES_AT_ONCE = 4

/** @throws HEM_MOVE_TARGET_FILLED, HEM_LAKE_FILE_CORRUPT; what was copied until then is found again by the next move */
export async function moveLake(options: MoveOptions): Promise<readonly MovedTable[]> {
  const { from, to, isDryRun, onProgress } = options
  const plans: TablePlan[] = []
  for (const namespace of await from.catalogue.namespaces()) {
    for (const table of await from.catalogue.tables(namespace))
      plans.push(await planMove(from, to, { namespace, table }))
  }
  // What cannot be moved is said before anything is copied.
  for (const plan of plans) await tableThere(to, plan)
  const sizes = await Promise.all(plans.map((plan) => sizesThere(to, plan)))
  const moved = plans.map((plan, index) => ({
    table: textOf(plan.name),
    rows: plan.rows,
    files: plan.files.length,
    bytes: totalBytes(plan.files),
    alreadyThere: plan.files.filter((file) => sizes[index].get(file.path) === file.bytes).length,
  }))
  if (isDryRun) return moved
  const total = totalBytes(plans.flatMap((plan) => plan.files))
  const copied = counter('copying', total, onProgress)
  for (const [index, plan] of plans.entries()) await copyTable(options, plan, sizes[index], copied)
  const verified = counter('verifying', total, onProgress)
  for (const plan of plans) await verifyTable(options, plan, verified)
  return moved
}

type Count = (bytes: number) => void

function counter(label: string, total: number, onProgress: MoveOptions['onProgress']): Count {
  let done = 0
  onProgress({ label, done, total })
  return (bytes) => {
    done += bytes
    onProgress({ label, done, total })
  }
}

function totalBytes(files: readonly PlannedFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0)
}

/** Bytes of each file of a table at its new place. */
async function sizesThere(to: LakePlace, { name }: TablePlan): Promise<ReadonlyMap<string, number>> {
  return new Map((await to.files.list(folderOf(name))).map(({ path, bytes }) => [path, bytes]))
}

async function copyTable(
  { from, to }: MoveOptions,
  plan: TablePlan,
  there: ReadonlyMap<string, number>,
  copied: Count,
): Promise<void> {
  const staging = await to.files.stagingFolder()
  try {
    await atOnce(plan.files, async (file, index) => {
      if (!isThere(there, file.path, file.bytes)) await copyData(from, to, file, join(staging, String(index)))
      copied(file.bytes)
    })
    for (const { path, content } of plan.documents) {
      if (!isThere(there, path, content.length)) await to.files.write(path, content)
    }
  } finally {
    await to.files.dropStaging(staging)
  }
  await putIntoCatalogue(to, plan)
}

/** @throws HEM_MOVE_TARGET_FILLED where another file has the name */
function isThere(there: ReadonlyMap<string, number>, path: string, bytes: number): boolean {
  const found = there.get(path)
  if (found === undefined || found === bytes) return found === bytes
  throw targetFilled(path, `another file, of ${found} bytes`)
}

async function copyData(from: LakePlace, to: LakePlace, { path }: PlannedFile, staged: string): Promise<void> {
  const localPath = await from.files.localPath(path)
  const promised = promisedSha256(path)
  if (promised !== null && (await sha256Of(localPath)) !== promised) {
    throw damaged(path, 'the lake that moves', 'run "hemline repair", then move')
  }
  // Adopting takes a file away, and this one stays where it is.
  await copyFile(localPath, staged)
  await to.files.adopt(staged, path)
  await rm(staged, { force: true })
}

async function putIntoCatalogue(to: LakePlace, plan: TablePlan): Promise<void> {
  const there = await tableThere(to, plan)
  if (there.isMoved) return
  const { outcome } = await to.catalogue.commit(plan.name, there.version, plan.metadataJson)
  // Where the answer was lost, or another was first, the table tells.
  if (outcome !== 'committed' && !(await tableThere(to, plan)).isMoved) {
    throw targetFilled(textOf(plan.name), 'a commit that came first; or try again, where an answer was lost')
  }
}

interface TableThere {
  readonly isMoved: boolean
  readonly version: string | null
}

/**
 * What the second catalogue holds: this table, nothing, or one that never held a row, such as a deployment makes.
 *
 * @throws HEM_MOVE_TARGET_FILLED for any other
 */
async function tableThere({ catalogue }: LakePlace, { name, state }: TablePlan): Promise<TableThere> {
  const there = await findState(catalogue, name)
  if (there === null) return { isMoved: false, version: null }
  const isMoved =
    there.metadata['table-uuid'] === state.metadata['table-uuid'] &&
    there.metadata['current-snapshot-id'] === state.metadata['current-snapshot-id']
  const isFresh = snapshotsOf(there.metadata).length === 0 && there.metadata['last-sequence-number'] === 0
  if (isMoved || isFresh) return { isMoved, version: there.version }
  throw targetFilled(textOf(name), 'another table, or this one moved before and changed since')
}

/** The table as its new place tells it: every file of every snapshot, read back. */
async function verifyTable({ from, to }: MoveOptions, plan: TablePlan, verified: Count): Promise<void> {
  const arrived = await planMove(to, to, plan.name)
  if (arrived.files.length !== plan.files.length || arrived.rows !== plan.rows) {
    throw damaged(textOf(plan.name), 'the moved lake', 'remove the table there and move again')
  }
  await atOnce(arrived.files, async ({ path, bytes }) => {
    const found = createHash('sha256')
      .update(await to.files.read(path))
      .digest('hex')
    const expected = promisedSha256(path) ?? (await sha256Of(await from.files.localPath(path)))
    if (found !== expected) throw damaged(path, 'the moved lake', 'remove the file there and move again')
    verified(bytes)
  })
}

async function atOnce<Item>(items: readonly Item[], work: (item: Item, index: number) => Promise<void>): Promise<void> {
  const waiting = [...items.entries()]
  const workNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next[1], next[0])
  }
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, workNext))
}

function targetFilled(subject: string, got: string): HemlineError {
  return new HemlineError('HEM_MOVE_TARGET_FILLED', {
    subject,
    expected: 'an empty place, or one that this move began to fill',
    got,
    remedy: 'choose other buckets, or remove what is there',
  })
}

function damaged(subject: string, where: string, remedy: string): HemlineError {
  return new HemlineError('HEM_LAKE_FILE_CORRUPT', {
    subject,
    expected: 'the bytes that were written',
    got: `others in ${where}`,
    remedy,
  })
}
