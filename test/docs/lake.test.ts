/**
 * test/docs/lake: the page "The lake" says what the code says.
 *
 * In: the definitions and the transforms.
 * Out: docs/lake.md held to them.
 * Invariant: every table a transform reads exists.
 */
import { expect, test } from 'vitest'
import { LAKE_TABLES } from '../../src/parts/lake/tables.ts'
import { lakePage, lineage } from './lake-page.ts'

test('docs/lake.md is what the definitions and transforms give', async () => {
  await expect(lakePage()).toMatchFileSnapshot('../../docs/lake.md')
})

test('transforms read tables there are, and each clean table has one', () => {
  const names = LAKE_TABLES.map((table) => `${table.namespace}.${table.table}`)
  const edges = lineage()
  expect([...edges.values()].flat().filter((name) => !names.includes(name))).toEqual([])
  expect(names.filter((name) => name.startsWith('clean.') && !edges.has(name))).toEqual([])
  expect(edges.get('clean.clickstreams')).toEqual(['landing.clickstreams', 'landing.product_changes'])
})
