import { expect, test } from 'vitest'
import { retry, type Backoff } from '../../src/std/retry.ts'

function failing(times: number, fault = new Error('busy')) {
  let calls = 0
  return { calls: () => calls, work: async () => (++calls > times ? calls : Promise.reject(fault)) }
}

function waits(pauses: number[]): Backoff {
  return { attempts: 6, firstMs: 50, longestMs: 300, random: () => 0.5, pause: async (ms) => void pauses.push(ms) }
}

test('tries again after pauses that double up to the longest', async () => {
  const pauses: number[] = []
  const { work } = failing(5)
  expect(await retry(work, { ...waits(pauses), isPassing: () => true })).toBe(6)
  expect(pauses).toEqual([25, 50, 100, 150, 150])
})

test('gives up with the last fault after so many tries, and at once with one that does not pass', async () => {
  const { calls, work } = failing(9)
  await expect(retry(work, { ...waits([]), isPassing: () => true })).rejects.toThrow('busy')
  expect(calls()).toBe(6)
  const other = failing(9)
  await expect(retry(other.work, { ...waits([]), isPassing: () => false })).rejects.toThrow('busy')
  expect(other.calls()).toBe(1)
})
