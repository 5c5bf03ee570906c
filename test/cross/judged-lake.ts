/**
 * test/cross/judged-lake: a table that has been through everything, and what each of its snapshots must hold.
 *
 * In: a folder.
 * Out: the folder served by HTTP as an Iceberg REST catalogue and as plain files; stages with their rows.
 * Invariant: what a stage holds is written here by hand, never asked of the code under test.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { icebergRoutes } from '../../src/app/iceberg-routes.ts'
import { openLake, type Lake } from '../../src/parts/lake/lake.ts'
import type { TableDefinition } from '../../src/parts/lake/schema.ts'
import { manualClock } from '../../src/std/clock.ts'
import { openFolderFileStore } from '../../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../../src/wings/embedded/lake/table-catalogue.ts'
import { CLICKS, sale, SALES, seededEntropy, START_MS } from '../parts/lake/small-lake.ts'

export interface Stage {
  readonly title: string
  readonly snapshotId: bigint
  readonly timestampMs: number
  readonly columns: readonly string[]
  /** Id, day and money of each row, sorted. */
  readonly rows: readonly string[]
}

export interface JudgedLake {
  readonly folder: string
  readonly url: string
  readonly stages: readonly Stage[]
  close(): void
}

const LONG = 'é🙂 a text of more than sixteen code points'
const KEEP_ALL = { keepSnapshots: 99, keepSnapshotsMs: 1e12, orphanAgeMs: 1e12, smallFileBytes: 1e6 }
const RENAMED: TableDefinition = {
  ...SALES,
  columns: [
    ...SALES.columns.map((column) =>
      column.name === 'net' ? { ...column, name: 'net_price', formerly: 'net' } : column,
    ),
    { name: 'colour', type: 'string', description: 'New.' },
  ],
}

/** @param byHttp whether files are named by HTTP address, for readers that open no local file */
export async function openJudgedLake(folder: string, byHttp: boolean): Promise<JudgedLake> {
  const catalogue = openFolderCatalogue(folder)
  const app = new Hono()
  app.route('/iceberg', icebergRoutes({ catalogue, authorize: () => {}, onFault: (fault) => console.error(fault) }))
  app.get('/files/*', (c) => {
    const path = decodeURIComponent(c.req.path.slice('/files/'.length))
    const bytes = readFileSync(join(folder, path))
    const range = /^bytes=(\d+)-(\d+)$/.exec(c.req.header('range') ?? '')
    const [start, end] = range === null ? [0, bytes.length] : [Number(range[1]), Number(range[2]) + 1]
    return c.body(bytes.subarray(start, end), range === null ? 200 : 206)
  })
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const files = await openFolderFileStore(folder)
  const clock = manualClock(START_MS)
  const open = async (sales: TableDefinition, seed: string): Promise<Lake> => {
    const lake = await openLake({
      files: byHttp ? { ...files, location: (path) => `${url}/files/${path}` } : files,
      catalogue,
      clock,
      entropy: seededEntropy(seed),
      tables: [sales, CLICKS],
      memoryLimit: '256MB',
      threads: 1,
    })
    await lake.ensureTables()
    return lake
  }
  const stages = await makeStages(open, clock)
  return { folder, url, stages, close: () => server.close() }
}

async function makeStages(
  open: (sales: TableDefinition, seed: string) => Promise<Lake>,
  clock: ReturnType<typeof manualClock>,
): Promise<readonly Stage[]> {
  const stages: Stage[] = []
  const note = async (lake: Lake, title: string, columns: readonly string[], rows: readonly string[]) => {
    const { snapshotId } = await lake.snapshotFiles('clean.sales')
    stages.push({ title, snapshotId: snapshotId ?? 0n, timestampMs: clock.nowMs(), columns, rows: [...rows].sort() })
    clock.advance(1000)
  }
  const before = ['id', 'shop_date', 'net']
  const day = '2026-03-01'
  const lake = await open(SALES, 'judged')
  for (const id of ['a', 'b', 'x']) await lake.append('clean.sales', { rows: [sale(id, day, '39.90')] })
  await lake.append('clean.sales', { rows: [sale(LONG, '2026-03-02', '-0.01'), sale('d', null)] })
  const last = [`${LONG} 2026-03-02 -0.01`, 'd null 1.00']
  const of = (...ids: readonly string[]) => ids.map((id) => `${id} ${day} 39.90`)
  await note(lake, 'appends', before, [...of('a', 'b', 'x'), ...last])
  await lake.deleteWhere('clean.sales', `id = 'x'`)
  await note(lake, 'a delete', before, [...of('a', 'b'), ...last])
  await lake.maintain({ ...KEEP_ALL, compactFiles: 2 })
  await note(lake, 'compaction', before, [...of('a', 'b'), ...last])
  await lake.replace('clean.sales', [null], { rows: [sale('e', null, '9999999999.99')] })
  const replaced = [...of('a', 'b'), `${LONG} 2026-03-02 -0.01`, 'e null 9999999999.99']
  await note(lake, 'a replacement', before, replaced)
  const at = (id: string, received_at: string) => ({ id, received_at })
  const clicks = [at('a', '2026-02-28T23:59:59.999Z'), at('b', '2026-03-01T00:00:00.000001Z')]
  await lake.append('landing.clicks', { rows: clicks }, { checkpoint: { sink: 'deliver', value: '7' } })
  lake.close()
  const renamed = await open(RENAMED, 'renamed')
  const row = { id: 'f', shop_date: '2026-03-02', net_price: '5.00', colour: 'red' }
  await renamed.append('clean.sales', { rows: [row] })
  const after = ['id', 'shop_date', 'net_price', 'colour']
  await note(renamed, 'a rename and a new column', after, [...replaced, 'f 2026-03-02 5.00'])
  await renamed.maintain({ ...KEEP_ALL, compactFiles: 1 })
  await note(renamed, 'a second compaction', after, [...replaced, 'f 2026-03-02 5.00'])
  renamed.close()
  return stages
}
