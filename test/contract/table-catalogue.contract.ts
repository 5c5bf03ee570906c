/**
 * test/contract/table-catalogue: what every table catalogue must do.
 *
 * In: a way to open an empty catalogue, and the same one a second time.
 * Out: one test for each promise of the port.
 * Invariant: of any number of commits on one version, one happens.
 */
import { describe, expect, test } from 'vitest'
import type { CommitOutcome, TableCatalogue } from '../../src/parts/lake/port.ts'

const ORDERS = { namespace: 'clean', table: 'orders' }

function versionOf(outcome: CommitOutcome): string {
  if (outcome.outcome !== 'committed') throw new Error(`expected a commit, got ${outcome.outcome}`)
  return outcome.version
}

export interface CatalogueUnderTest {
  readonly catalogue: TableCatalogue
  /** Another process' view of the same tables. */
  readonly other: TableCatalogue
}

export function tableCatalogueContract(title: string, open: () => Promise<CatalogueUnderTest>): void {
  describe(`table catalogue: ${title}`, () => {
    test('knows no table before the first commit', async () => {
      const { catalogue } = await open()
      expect(await catalogue.load(ORDERS)).toBeNull()
      expect(await catalogue.version(ORDERS)).toBeNull()
      expect(await catalogue.namespaces()).toEqual([])
      expect(await catalogue.tables('clean')).toEqual([])
    })

    test('creates a table once', async () => {
      const { catalogue } = await open()
      versionOf(await catalogue.commit(ORDERS, null, '{"v":1}'))
      expect(await catalogue.commit(ORDERS, null, '{"v":2}')).toEqual({ outcome: 'conflict' })
      expect((await catalogue.load(ORDERS))?.metadataJson).toBe('{"v":1}')
    })

    test('loads what was committed last, at its version and location', async () => {
      const { catalogue, other } = await open()
      const first = versionOf(await catalogue.commit(ORDERS, null, '{"v":1}'))
      const second = await catalogue.commit(ORDERS, first, '{"v":2}')
      const location = second.outcome === 'committed' ? second.metadataLocation : ''
      const expected = { version: versionOf(second), metadataLocation: location, metadataJson: '{"v":2}' }
      expect(await catalogue.load(ORDERS)).toEqual(expected)
      expect(await other.load(ORDERS)).toEqual(expected)
      expect(await other.version(ORDERS)).toBe(expected.version)
    })

    test('refuses a commit on a version that is no longer the newest', async () => {
      const { catalogue, other } = await open()
      const first = versionOf(await catalogue.commit(ORDERS, null, '{"v":1}'))
      versionOf(await other.commit(ORDERS, first, '{"v":2}'))
      expect(await catalogue.commit(ORDERS, first, '{"v":3}')).toEqual({ outcome: 'conflict' })
      expect((await catalogue.load(ORDERS))?.metadataJson).toBe('{"v":2}')
    })

    test('lets exactly one of many racing commits happen', async () => {
      const { catalogue, other } = await open()
      const first = versionOf(await catalogue.commit(ORDERS, null, '{"v":1}'))
      const racers = Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? catalogue : other).commit(ORDERS, first, `{"by":${index}}`),
      )
      const outcomes = await Promise.all(racers)
      const winners = outcomes.flatMap((outcome, index) => (outcome.outcome === 'committed' ? [index] : []))
      expect(winners).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome.outcome === 'conflict')).toHaveLength(7)
      expect((await catalogue.load(ORDERS))?.metadataJson).toBe(`{"by":${winners[0]}}`)
    })

    test('goes back a version when the newest is set aside, and on from there', async () => {
      const { catalogue, other } = await open()
      const first = versionOf(await catalogue.commit(ORDERS, null, '{"v":1}'))
      await catalogue.discard(ORDERS, versionOf(await catalogue.commit(ORDERS, first, 'broken')))
      expect((await other.load(ORDERS))?.metadataJson).toBe('{"v":1}')
      versionOf(await other.commit(ORDERS, first, '{"v":2}'))
      expect((await catalogue.load(ORDERS))?.metadataJson).toBe('{"v":2}')
    })

    test('lists namespaces and the tables in them', async () => {
      const { catalogue } = await open()
      await catalogue.commit(ORDERS, null, '{}')
      await catalogue.commit({ namespace: 'clean', table: 'users' }, null, '{}')
      await catalogue.commit({ namespace: 'mart', table: 'sales_daily' }, null, '{}')
      expect([...(await catalogue.namespaces())].sort()).toEqual(['clean', 'mart'])
      expect([...(await catalogue.tables('clean'))].sort()).toEqual(['orders', 'users'])
    })
  })
}
