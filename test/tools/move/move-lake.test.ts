/**
 * test/tools/move/move-lake: a lake in a folder moves to S3 and Glue.
 *
 * In: the small lake, with deleted rows, older snapshots and a checkpoint.
 * Out: the same rows, past and checkpoint from the other place.
 * Invariant: a move that is broken off at any request goes on, and no damage passes unseen.
 */
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { snapshotsOf } from '../../../src/parts/lake/metadata.ts'
import { moveLake, type MoveOptions } from '../../../src/tools/move/move-lake.ts'
import { openFolderFileStore } from '../../../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../../../src/wings/embedded/lake/table-catalogue.ts'
import { startLakeFakes, type LakeFakes } from '../../contract/aws/lake-on-fakes.ts'
import { idsIn, openSmallLake, readRows, sale } from '../../parts/lake/small-lake.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-move-'))
const source = join(root, 'source')
let fakes: LakeFakes
beforeAll(async () => {
  fakes = await startLakeFakes()
  const { lake, clock } = await openSmallLake(await folderPlace(source))
  const checkpoint = { sink: 'deliver', value: '7' }
  await lake.append('clean.sales', { rows: [sale('a', '2026-03-01'), sale('b', '2026-03-02')] }, { checkpoint })
  clock.advance(1000)
  await lake.deleteWhere('clean.sales', `id = 'b'`)
  await lake.append('landing.clicks', { rows: [{ id: 'x', received_at: '2026-03-01T00:00:00Z' }] })
  lake.close()
})
beforeEach(() => fakes.clear())
afterAll(async () => {
  await fakes.close()
  rmSync(root, { recursive: true, force: true })
})

async function folderPlace(folder: string) {
  return { files: await openFolderFileStore(folder), catalogue: openFolderCatalogue(folder) }
}

async function awsPlace() {
  const files = await fakes.files({ cacheBytes: 0 })
  return { files, catalogue: fakes.catalogue(files) }
}

async function move(changes: Partial<MoveOptions> = {}) {
  const places = { from: await folderPlace(source), to: await awsPlace() }
  return moveLake({ ...places, isDryRun: false, onProgress: () => {}, ...changes })
}

async function openMoved() {
  const files = await fakes.files()
  return openSmallLake({ files, catalogue: fakes.catalogue(files), entropy: randomBytes })
}

test('has the same rows, past, columns and checkpoint afterwards, and goes on from there', async () => {
  const filesOf = (zone: string) => readdirSync(join(source, zone), { recursive: true })
  const before = [filesOf('clean'), filesOf('landing')]
  const seen: number[] = []
  const moved = await move({ onProgress: ({ done, total }) => seen.push(done / total) })
  expect(moved.map(({ table, rows, files }) => [table, rows, files])).toEqual([
    ['clean.names', 0, 0],
    ['clean.sales', 1, 2],
    ['landing.clicks', 1, 1],
  ])
  expect([seen[0], seen.at(-1)]).toEqual([0, 1])
  expect([filesOf('clean'), filesOf('landing')]).toEqual(before)
  const { lake } = await openMoved()
  expect(await idsIn(lake, 'clean.sales')).toBe('a')
  expect(await idsIn(lake, 'landing.clicks')).toBe('x')
  expect(await lake.checkpoint('clean.sales', 'deliver')).toBe('7')
  const { metadata } = await lake.table('clean.sales')
  expect(metadata.location).toBe('s3://shop-clean/lake/clean/sales')
  const asOf = { snapshotId: snapshotsOf(metadata)[0]['snapshot-id'] }
  expect(await readRows(lake, 'clean.sales', 'id', { asOf })).toEqual(['a', 'b'])
  expect((await lake.verify('clean.sales')).damages).toEqual([])
  await lake.append('clean.sales', { rows: [sale('c', '2026-03-01')] })
  await lake.deleteWhere('clean.sales', `id = 'a'`)
  expect(await idsIn(lake, 'clean.sales')).toBe('c')
  lake.close()
})

test('only says what there is to do when asked for that', async () => {
  const planned = await move({ isDryRun: true })
  expect(planned.find(({ table }) => table === 'clean.sales')).toMatchObject({ rows: 1, files: 2, alreadyThere: 0 })
  expect([fakes.s3.objects.size, fakes.glue.databases.size]).toEqual([0, 0])
})

test('goes on where it was broken off, at whichever request', async () => {
  let reached = 0
  for (let stopAt = 3; stopAt < 60; stopAt += 16) {
    fakes.clear()
    let requests = 0
    fakes.s3.fault = fakes.glue.fault = () => (++requests > stopAt ? { status: 403 } : null)
    const broken = await move().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    fakes.s3.fault = fakes.glue.fault = () => null
    if (broken === null) break
    reached++
    const again = await move()
    expect(again.find(({ table }) => table === 'clean.sales')).toMatchObject({ rows: 1, files: 2 })
  }
  const thirdTime = await move()
  expect(thirdTime.every(({ files, alreadyThere }) => files === alreadyThere)).toBe(true)
  expect(reached).toBeGreaterThan(1)
})

test('takes the place of tables that a deployment has made and nobody has filled', async () => {
  const deployed = await openMoved()
  deployed.lake.close()
  await move()
  const { lake } = await openMoved()
  expect(await idsIn(lake, 'clean.sales')).toBe('a')
  expect(await lake.checkpoint('clean.sales', 'deliver')).toBe('7')
  lake.close()
})

test('refuses to move onto a table that is another or has changed since', async () => {
  await move()
  const { lake } = await openMoved()
  await lake.append('clean.sales', { rows: [sale('newer', '2026-03-01')] })
  lake.close()
  await expect(move({ isDryRun: true })).rejects.toMatchObject({ code: 'HEM_MOVE_TARGET_FILLED' })
})

test('refuses to move a file that is damaged, and notices one that arrived damaged', async () => {
  const folder = join(root, 'damaged')
  cpSync(source, folder, { recursive: true })
  const from = await folderPlace(folder)
  const [parquet] = (await from.files.list('clean/sales/data')).map(({ path }) => join(folder, path))
  writeFileSync(parquet, 'other bytes')
  await expect(move({ from })).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_CORRUPT' })
  fakes.clear()
  await move()
  const [key, object] = [...fakes.s3.objects].find(([path]) => path.endsWith('.parquet')) ?? []
  if (key === undefined || object === undefined) throw new Error('no file arrived')
  fakes.s3.objects.set(key, { ...object, bytes: Buffer.alloc(object.bytes.length) })
  await expect(move()).rejects.toMatchObject({ code: 'HEM_LAKE_FILE_CORRUPT' })
})
