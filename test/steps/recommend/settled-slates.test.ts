import { describe, expect, test } from 'vitest'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { hasRetailRocket, SKIP_REASON } from '../../parts/model/retailrocket.ts'
import { entriesOf, openPlace, rebuild, runKilled, runPaced, settle, startOn } from './recommender-runs.ts'
import { madeLog, realLog } from './shop-logs.ts'

/** Visitors' entries of three ways to the same end. */
async function threeRuns(records: readonly StreamRecord[], kills: number) {
  const paced = await runPaced(records)
  const killed = await runKilled(records, { seed: 3, kills, burstMax: 900 })
  const rebuilt = await rebuild(records)
  return { paced, killed, rebuilt }
}

describe('a visitor’s slate', () => {
  test('is the same after bursts and twenty deaths, and from the log alone, as where nothing ever stopped', async () => {
    const { paced, killed, rebuilt } = await threeRuns(madeLog(700), 20)
    expect(killed).toEqual(paced)
    expect(rebuilt).toEqual(paced)
  })

  const real = `is the same on real events with fifteen deaths${hasRetailRocket ? '' : ` (skipped: needs ${SKIP_REASON})`}`
  test.skipIf(!hasRetailRocket)(real, async () => {
    const { paced, killed, rebuilt } = await threeRuns(realLog(700), 15)
    expect(killed).toEqual(paced)
    expect(rebuilt).toEqual(paced)
  })

  test('is as of the visitor’s newest record', async () => {
    const records = madeLog(300)
    const entries = await rebuild(records)
    for (const [visitorKey, entry] of Object.entries(entries)) {
      const newest = records.findLastIndex((record) => record.kind === 'events' && record.visitor_key === visitorKey)
      expect(entry).toMatchObject({ home: { as_of: { sequence_number: String(newest + 1).padStart(20, '0') } } })
    }
  })

  test('is made at once from a newer model in a burst, and settled afterwards', async () => {
    const records = madeLog(600)
    const place = openPlace(records)
    const recommender = await startOn(place)
    while (!recommender.isCaughtUp() || recommender.pending().slates > 0) await recommender.turn()
    const { owed } = recommender.pending()
    expect(owed).toBeGreaterThan(10)
    const hurried = entriesOf(place.serving, records)
    expect(Object.values(hurried)).not.toContain(null)
    await settle(recommender)
    expect(entriesOf(place.serving, records)).not.toEqual(hurried)
  })

  test('is owed to nobody who is forgotten, and to nobody whose newest record went with them', async () => {
    const records = madeLog(600)
    const place = openPlace(records)
    const recommender = await startOn(place)
    while (!recommender.isCaughtUp() || recommender.pending().slates > 0) await recommender.turn()
    const { owed } = recommender.pending()
    const log = await place.reader.read(null, 10_000)
    const gone = log
      .slice(300)
      .flatMap(({ position, record }) => (record.kind === 'events' ? [{ key: record.visitor_key, position }] : []))
    const half = new Set(gone.map(({ key }) => key).filter((_, nth) => nth % 2 === 0))
    const [first] = half
    expect(recommender.forget({ visitorKeys: [first], userIds: [] }).visitorKeys).toEqual([first])
    expect(recommender.pending().owed).toBe(owed - 1)
    const nothing = { kind: 'erased', received_at: '2026-11-22T00:00:00.000Z', events: 1 } as const
    const remains = gone.filter(({ key }) => half.has(key)).map(({ position }) => ({ position, record: nothing }))
    await place.writer.erase(remains)
    await settle(recommender)
    expect(recommender.pending().owed).toBe(0)
  })

  test('is settled from the log where an image already knows of it and the store is lost', async () => {
    const records = madeLog(600)
    const place = openPlace(records)
    const before = await startOn(place)
    await settle(before)
    await before.saveImage()
    const lost = { ...place, serving: openPlace().serving }
    const after = await startOn(lost)
    await settle(after)
    expect(entriesOf(lost.serving, records)).toEqual(entriesOf(place.serving, records))
  })
})
