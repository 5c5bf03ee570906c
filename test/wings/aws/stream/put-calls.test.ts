import { expect, test } from 'vitest'
import { callsOf, roundsOf } from '../../../../src/wings/aws/stream/put-calls.ts'

const entry = (key: string, bytes = 10) => ({ key, bytes: Buffer.alloc(bytes) })

test('holds a key once a round, and all records of a key in order over the rounds', () => {
  const rounds = roundsOf([entry('a', 1), entry('b', 2), entry('a', 3), entry('a', 4), entry('c', 5)])
  expect(rounds.map((round) => round.map(({ key, bytes }) => `${key}${bytes.length}`))).toEqual([
    ['a1', 'b2', 'c5'],
    ['a3'],
    ['a4'],
  ])
})

test('holds at most 500 records and 5 MiB a call', () => {
  const small = Array.from({ length: 1001 }, (_, nth) => entry(`v-${nth}`))
  expect(callsOf(small).map((call) => call.length)).toEqual([500, 500, 1])
  const large = Array.from({ length: 100 }, (_, nth) => entry(`v-${nth}`, 65_000))
  expect(callsOf(large).map((call) => call.length)).toEqual([80, 20])
})
