import { expect, test } from 'vitest'
import { normaliseRule } from '../../../src/parts/event/rule-schema.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { createMemoryServing } from '../../contract/memory/memory-serving.ts'
import { openPlace, settle, startOn } from './recommender-runs.ts'

const rule = (id: string, season: string) =>
  normaliseRule({ id, action: 'exclude', match: { season } }, () => ({ startMs: 0, endMs: 1 }))
const put = (...rules: ReturnType<typeof rule>[]): StreamRecord => change(rules, [])
const remove = (...ids: string[]): StreamRecord => change([], ids)
const change = (rules: ReturnType<typeof rule>[], removed: string[]): StreamRecord => ({
  kind: 'rules',
  received_at: '2026-11-24T08:00:00.000Z',
  put: rules,
  removed,
})

const LOG = [put(rule('a', 'Fall'), rule('b', 'Fall')), remove('a'), put(rule('b', 'Winter'), rule('c', 'Fall'))]
const RULES = [rule('b', 'Winter'), rule('c', 'Fall')]

test('the rules of the log hold, whether it is read at once, in pieces, or again for a lost store', async () => {
  const whole = openPlace(LOG)
  await settle(await startOn(whole))
  expect(whole.serving.rules()).toEqual(RULES)

  const pieces = openPlace()
  for (const record of LOG) {
    await pieces.writer.append([record])
    await settle(await startOn(pieces))
  }
  expect(pieces.serving.rules()).toEqual(RULES)

  const lost = { ...pieces, serving: createMemoryServing() }
  await settle(await startOn(lost))
  expect(lost.serving.rules()).toEqual(RULES)
})
