/**
 * test/parts/lake/model: any sequence of operations leaves the rows that a plain list would hold.
 *
 * In: random appends, replacements, deletes, maintenance and restarts.
 * Out: the lake's rows and checkpoint against the model's, now and as they were; the tables against the specification.
 * Invariant: they are equal after every step, and every table ever made is valid.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import { snapshotsOf, type AsOf } from '../../../src/parts/lake/metadata.ts'
import { openSmallLake, readRows, sale, SALES } from './small-lake.ts'
import { specFaults } from './spec-faults.ts'

const DAYS = ['2026-03-01', '2026-03-02', null] as const
const LIMITS = { keepSnapshots: 2, keepSnapshotsMs: 1500, orphanAgeMs: 3000, compactFiles: 2, smallFileBytes: 1e6 }

interface Model {
  readonly rows: readonly string[]
  readonly checkpoint: string | null
  readonly written: number
}

type Step =
  | { readonly kind: 'append'; readonly days: readonly (string | null)[] }
  | { readonly kind: 'replace'; readonly day: string | null; readonly count: number }
  | { readonly kind: 'delete'; readonly remainder: number }
  | { readonly kind: 'clear' | 'maintain' | 'reopen' }

const day = fc.constantFrom(...DAYS)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), days: fc.array(day, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('replace' as const), day, count: fc.nat(2) }),
  fc.record({ kind: fc.constant('delete' as const), remainder: fc.nat(2) }),
  fc.record({ kind: fc.constantFrom('clear' as const, 'maintain' as const, 'maintain' as const, 'reopen' as const) }),
)

const textOf = (row: { readonly id: string; readonly shop_date: string | null }) => `${row.id}@${row.shop_date}`

async function apply(lake: Lake, model: Model, next: Step): Promise<Model> {
  const newRows = (days: readonly (string | null)[]) => days.map((at, index) => sale(`r${model.written + index}`, at))
  switch (next.kind) {
    case 'append': {
      const rows = newRows(next.days)
      const value = String(model.written)
      await lake.append('clean.sales', { rows }, { checkpoint: { sink: 's', value, expected: model.checkpoint } })
      const written = model.written + rows.length
      return { rows: [...model.rows, ...rows.map(textOf)], checkpoint: value, written }
    }
    case 'replace': {
      const rows = newRows(Array.from({ length: next.count }, () => next.day))
      await lake.replace('clean.sales', [next.day], { rows })
      const kept = model.rows.filter((row) => !row.endsWith(`@${next.day}`))
      return { ...model, rows: [...kept, ...rows.map(textOf)], written: model.written + rows.length }
    }
    case 'delete': {
      await lake.deleteWhere('clean.sales', `CAST(id[2:] AS INT) % 3 = ${next.remainder}`)
      const stays = (row: string) => Number(/\d+/.exec(row)?.[0]) % 3 !== next.remainder
      return { ...model, rows: model.rows.filter(stays) }
    }
    case 'clear':
      await lake.replace('clean.sales', 'all', { rows: [] })
      return { ...model, rows: [] }
    default:
      if (next.kind === 'maintain') await lake.maintain(LIMITS)
      return model
  }
}

async function rowsIn(lake: Lake, asOf?: AsOf): Promise<readonly string[]> {
  const text = `id || '@' || coalesce(shop_date::VARCHAR, 'null')`
  return [...(await readRows(lake, 'clean.sales', text, asOf === undefined ? {} : { asOf }))].sort()
}

test('rows and checkpoint equal those of a plain list after every step', async () => {
  const steps = fc.array(step, { minLength: 5, maxLength: 14 })
  const run = async (sequence: readonly Step[]) => {
    const { lake: first, clock, memory, reopen } = await openSmallLake({ tables: [SALES] })
    let lake = first
    const past = new Map<bigint, readonly string[]>()
    let model: Model = { rows: [], checkpoint: null, written: 0 }
    for (const next of sequence) {
      clock.advance(1000)
      if (next.kind === 'reopen') {
        lake.close()
        lake = await reopen({ seed: String(clock.nowMs()) })
      }
      model = await apply(lake, model, next)
      expect(await rowsIn(lake)).toEqual([...model.rows].sort())
      expect(await lake.checkpoint('clean.sales', 's')).toBe(model.checkpoint)
      expect(await specFaults(memory, { namespace: 'clean', table: 'sales' })).toEqual([])
      const { snapshotId } = await lake.snapshotFiles('clean.sales')
      if (snapshotId !== null) past.set(snapshotId, [...model.rows].sort())
    }
    for (const snapshot of snapshotsOf((await lake.table('clean.sales')).metadata)) {
      const rows = past.get(snapshot['snapshot-id'])
      if (rows !== undefined) expect(await rowsIn(lake, { snapshotId: snapshot['snapshot-id'] })).toEqual(rows)
    }
    lake.close()
    memory.dispose()
  }
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: 5, seed: 11 })
})

test.each([
  ['a snapshot without its schema', ',"schema-id":0,"summary"', ',"summary"'],
  ['a total that is wrong', '"total-records":"1"', '"total-records":"2"'],
  ['a last sequence number below a snapshot', '"last-sequence-number":1', '"last-sequence-number":0'],
  ['a table without its partition specs', '"partition-specs"', '"specs"'],
])('the check of the specification finds %s', async (_title, from, to) => {
  const { lake, memory } = await openSmallLake({ tables: [SALES] })
  await lake.append('clean.sales', { rows: [sale('a', null)] })
  const name = { namespace: 'clean', table: 'sales' }
  const found = await memory.catalogue.load(name)
  expect(found?.metadataJson).toContain(from)
  const planted = found?.metadataJson.replace(from, to) ?? ''
  await memory.catalogue.commit(name, found?.version ?? '', planted)
  expect(await specFaults(memory, name)).toHaveLength(1)
  lake.close()
  memory.dispose()
})
