/**
 * test/steps/respond/sql-cache: old answers only for who accepts them.
 *
 * In: a runner that counts its questions, and a clock.
 * Out: which questions reach the runner.
 * Invariant: without an accepted age every question does.
 */
import { expect, test } from 'vitest'
import type { SqlResult, SqlRunner } from '../../../src/parts/sql/port.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { createSqlCache } from '../../../src/steps/respond/sql-cache.ts'

const signal = new AbortController().signal

function counting(text = 'x'): { readonly runner: SqlRunner; asked(): number } {
  let asked = 0
  const answer = (): Promise<SqlResult> =>
    Promise.resolve({
      columns: [{ name: 'n', type: 'INTEGER' }],
      rows: [[++asked, text]],
      truncated: false,
      elapsedMs: 1,
    })
  const unused = () => Promise.reject(new Error('not asked here'))
  return { runner: { run: answer, stream: unused, describe: unused, close: unused }, asked: () => asked }
}

test('a question without an accepted age is always asked', async () => {
  const { runner, asked } = counting()
  const cache = createSqlCache(runner, manualClock(0))
  await cache.run('SELECT 1', { ageSeconds: 60, signal })
  await cache.run('SELECT 1', { ageSeconds: 0, signal })
  await cache.run('SELECT 1', { ageSeconds: 0, signal })
  expect(asked()).toBe(3)
})

test('an answer serves until it is older than accepted, and says its age', async () => {
  const { runner, asked } = counting()
  const clock = manualClock(0)
  const cache = createSqlCache(runner, clock)
  const ages: number[] = []
  for (const stepMs of [0, 20_000, 20_000, 20_000]) {
    clock.advance(stepMs)
    ages.push((await cache.run('SELECT 1', { ageSeconds: 60, signal })).ageSeconds)
  }
  expect([asked(), ages]).toEqual([2, [0, 20, 40, 0]])
})

test('the oldest answers make room for new ones', async () => {
  const { runner, asked } = counting('y'.repeat(9 * 1024 * 1024))
  const cache = createSqlCache(runner, manualClock(0))
  for (const sql of ['a', 'b', 'c', 'd', 'a', 'd']) await cache.run(sql, { ageSeconds: 60, signal })
  expect(asked()).toBe(5)
})
