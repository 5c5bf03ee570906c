/**
 * test/parts/lake/crash: whatever happens in the middle of a commit, rows are there exactly once.
 *
 * In: a lake that crashes between two steps, loses answers, or races with another.
 * Out: the rows after a restart that delivers again from the checkpoint.
 * Invariant: no row is lost or doubled, and no file that a snapshot names is gone.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import { snapshotsOf } from '../../../src/parts/lake/metadata.ts'
import { FAILPOINTS, type FailpointName, type TableCatalogue } from '../../../src/parts/lake/port.ts'
import { openFolderFileStore } from '../../../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../../../src/wings/embedded/lake/table-catalogue.ts'
import { startLakeFakes, type LakeFakes } from '../../contract/aws/lake-on-fakes.ts'
import { idsIn, openSmallLake, sale, SALES, type SmallLakeOptions } from './small-lake.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-crash-'))
let folders = 0
let fakes: LakeFakes
beforeAll(async () => {
  fakes = await startLakeFakes()
})
afterAll(async () => {
  await fakes.close()
  rmSync(root, { recursive: true, force: true })
})

async function folderStores(): Promise<SmallLakeOptions> {
  const folder = join(root, String(folders++))
  return { files: await openFolderFileStore(folder), catalogue: openFolderCatalogue(folder) }
}

async function awsStores(): Promise<SmallLakeOptions> {
  fakes.clear()
  const files = await fakes.files()
  return { files, catalogue: fakes.catalogue(files) }
}

const BATCHES = ['a', 'b']
const LIMITS = { keepSnapshots: 1, keepSnapshotsMs: 0, orphanAgeMs: 0, compactFiles: 2, smallFileBytes: 1e6 }
/** More than any step of the work below is reached. */
const TIMES_MAX = 40

/** Delivers every batch after the checkpoint, as a consumer does after a restart. */
async function deliverRest(lake: Lake): Promise<void> {
  for (;;) {
    const checkpoint = await lake.checkpoint('clean.sales', 'deliver')
    const next = checkpoint === null ? 0 : Number(checkpoint) + 1
    if (next >= BATCHES.length) return
    const options = { checkpoint: { sink: 'deliver', value: String(next), expected: checkpoint } }
    await lake.append('clean.sales', { rows: [sale(BATCHES[next], '2026-03-01')] }, options)
  }
}

/** Crashes at a point when it is reached for the nth time; resolves whether it was. */
async function survives(name: FailpointName, time: number, stores: SmallLakeOptions): Promise<boolean> {
  let reached = 0
  const failpoint = (at: FailpointName) => {
    if (at === name && ++reached === time) throw new Error('crash')
  }
  const { lake, clock, memory, reopen } = await openSmallLake({ tables: [SALES], ...stores, failpoint })
  const work = async (on: Lake) => {
    await deliverRest(on)
    clock.advance(1000)
    await on.replace('clean.sales', ['2026-03-02'], { rows: [sale('z', '2026-03-02'), sale('x', '2026-03-02')] })
    await on.deleteWhere('clean.sales', `id = 'x'`)
    await on.maintain(LIMITS)
  }
  const crashed = await work(lake).then(
    () => false,
    (thrown: unknown) => {
      expect(thrown).toMatchObject({ message: 'crash' })
      return true
    },
  )
  const again = await reopen()
  await work(again)
  expect(await idsIn(again, 'clean.sales'), `${name}, time ${time}`).toBe('a b z')
  clock.advance(1000)
  await again.maintain(LIMITS)
  expect(await idsIn(again, 'clean.sales')).toBe('a b z')
  const left = (await memory.files.list('clean/sales')).filter((file) => file.path.endsWith('.parquet'))
  if (stores.files === undefined) expect(left.length, 'orphans are swept').toBe(2)
  for (const each of [lake, again]) each.close()
  memory.dispose()
  return crashed
}

describe.each([
  ['memory', TIMES_MAX, async () => ({})],
  ['aws', 1, awsStores],
  ['embedded', 1, folderStores],
] as const)('a crash (%s, first %i times)', (_title, timesMax, stores) => {
  test.each(FAILPOINTS)('at "%s" leaves every row exactly once', async (name) => {
    let time = 1
    while (time <= timesMax && (await survives(name, time, await stores()))) time++
    expect(time, 'reached at least once').toBeGreaterThan(1)
    expect(time, 'every time it is reached was tried').toBeLessThan(TIMES_MAX)
  })
})

describe('a lost answer', () => {
  /** A catalogue whose first commit of a snapshot goes as `first` says. */
  function flaky(
    inner: TableCatalogue,
    first: (commit: () => ReturnType<TableCatalogue['commit']>) => ReturnType<TableCatalogue['commit']>,
  ): TableCatalogue {
    let isFirst = true
    return {
      ...inner,
      commit(name, version, json) {
        const commit = () => inner.commit(name, version, json)
        if (!isFirst || !json.includes('deliver')) return commit()
        isFirst = false
        return first(commit)
      },
    }
  }
  const checkpoint = { sink: 'deliver', value: '0', expected: null }
  const unknown = { outcome: 'unknown', cause: new Error('socket closed') } as const

  test.each([
    ['of a commit that happened', true],
    ['of a commit that did not', false],
  ])('%s ends with the rows once', async (_title, happens) => {
    const { lake: first, memory, reopen } = await openSmallLake()
    const catalogue = flaky(memory.catalogue, async (commit) => {
      if (happens) await commit()
      return unknown
    })
    const lake = await reopen({ catalogue })
    const result = await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] }, { checkpoint })
    expect(result).toMatchObject({ addedRows: 1, attempts: 2 })
    expect(await idsIn(first, 'clean.sales')).toBe('a')
    expect(snapshotsOf((await first.table('clean.sales')).metadata)).toHaveLength(1)
  })

  test('of a commit that happens only during the retry ends with the rows once', async () => {
    const { lake: first, memory, reopen } = await openSmallLake()
    let late: (() => Promise<unknown>) | null = null
    const delaying = flaky(memory.catalogue, async (commit) => {
      late = commit
      return unknown
    })
    const catalogue: TableCatalogue = {
      ...delaying,
      async commit(...args) {
        await late?.()
        late = null
        return delaying.commit(...args)
      },
    }
    const lake = await reopen({ catalogue })
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] }, { checkpoint })
    expect(await idsIn(first, 'clean.sales')).toBe('a')
    expect(snapshotsOf((await first.table('clean.sales')).metadata)).toHaveLength(1)
  })

  test('of a checkpoint without rows is found by its value', async () => {
    const { lake: first, memory, reopen } = await openSmallLake()
    const catalogue = flaky(memory.catalogue, async (commit) => {
      await commit()
      return unknown
    })
    const lake = await reopen({ catalogue })
    await lake.append('clean.sales', { rows: [] }, { checkpoint })
    expect(await first.checkpoint('clean.sales', 'deliver')).toBe('0')
  })

  test('when the table cannot be read either says so and deletes nothing', async () => {
    const { lake: first, memory, reopen } = await openSmallLake()
    let isDown = false
    const lossy = flaky(memory.catalogue, async (commit) => {
      await commit()
      isDown = true
      return unknown
    })
    const catalogue: TableCatalogue = {
      ...lossy,
      load: async (name) => {
        if (isDown) throw new Error('no route')
        return memory.catalogue.load(name)
      },
    }
    const lake = await reopen({ catalogue })
    const append = lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] }, { checkpoint })
    await expect(append).rejects.toMatchObject({ code: 'HEM_LAKE_OUTCOME_UNKNOWN' })
    expect(await idsIn(first, 'clean.sales')).toBe('a')
  })
})

describe('two writers', () => {
  test('of one table both get their rows in, on one unbroken chain of snapshots', async () => {
    const { lake, reopen } = await openSmallLake()
    const other = await reopen()
    const appends = Array.from({ length: 10 }, (_, index) => {
      const writer = index % 2 === 0 ? lake : other
      return writer.append('clean.sales', { rows: [sale(String(index), '2026-03-01')] })
    })
    await Promise.all(appends)
    expect(await idsIn(lake, 'clean.sales')).toBe('0 1 2 3 4 5 6 7 8 9')
    const snapshots = snapshotsOf((await lake.table('clean.sales')).metadata)
    expect(snapshots.map((snapshot) => snapshot['sequence-number'])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const ids = snapshots.map((snapshot) => snapshot['snapshot-id'])
    expect(snapshots.map((snapshot) => snapshot['parent-snapshot-id'])).toEqual([undefined, ...ids.slice(0, -1)])
    expect(snapshots.at(-1)?.summary['total-records']).toBe('10')
  })

  test('of one sink deliver each batch once', async () => {
    const { lake, reopen } = await openSmallLake()
    const other = await reopen()
    const outcomes = await Promise.allSettled([deliverRest(lake), deliverRest(other)])
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected')
    for (const { reason } of failures) expect(reason).toMatchObject({ code: 'HEM_LAKE_CHECKPOINT_MOVED' })
    await deliverRest(other)
    expect(await idsIn(lake, 'clean.sales')).toBe('a b')
  })

  test('that replace one partition at once leave the rows of one of them', async () => {
    const { lake, reopen } = await openSmallLake()
    const other = await reopen()
    await Promise.all([
      lake.replace('clean.sales', ['2026-03-01'], { rows: [sale('a1', '2026-03-01'), sale('a2', '2026-03-01')] }),
      other.replace('clean.sales', ['2026-03-01'], { rows: [sale('b1', '2026-03-01'), sale('b2', '2026-03-01')] }),
    ])
    expect(['a1 a2', 'b1 b2']).toContain(await idsIn(lake, 'clean.sales'))
  })
})
