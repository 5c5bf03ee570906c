/**
 * test/wings/embedded/model/log-base: a log that was trimmed gives what the whole log gave.
 *
 * In: a shop's log on disk, trimmed up to a base; a start on which image and serving store are lost.
 * Out: the model's image and every visitor's slate, beside those of a run that never lost anything.
 * Invariant: equal bit for bit.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ServingStore } from '../../../../src/parts/serving/port.ts'
import type { StreamReader } from '../../../../src/parts/stream/port.ts'
import { trimLog } from '../../../../src/parts/stream/retention.ts'
import { embeddedPosition } from '../../../../src/parts/stream/position.ts'
import { manualClock } from '../../../../src/std/clock.ts'
import { createRecommender, type Recommender } from '../../../../src/steps/recommend/recommender.ts'
import { fileImageStore } from '../../../../src/wings/embedded/model/file-image-store.ts'
import { openLogBase } from '../../../../src/wings/embedded/model/log-base.ts'
import { openServingStore } from '../../../../src/wings/embedded/serving/lmdb-serving.ts'
import { createServingFacts } from '../../../../src/wings/embedded/serving/serving-facts.ts'
import { openStreamReader } from '../../../../src/wings/embedded/stream/lmdb-reader.ts'
import { openStreamTrimmer } from '../../../../src/wings/embedded/stream/lmdb-trimmer.ts'
import { openStreamWriter, type EmbeddedStreamWriter } from '../../../../src/wings/embedded/stream/lmdb-writer.ts'
import { entriesOf, openPlace, rebuild, settle } from '../../../steps/recommend/recommender-runs.ts'
import { madeLog } from '../../../steps/recommend/shop-logs.ts'

const LOG = madeLog(500)
const root = mkdtempSync(join(tmpdir(), 'hemline-base-'))
const base = openLogBase(join(root, 'base'))
let writer: EmbeddedStreamWriter
let reader: StreamReader

beforeAll(async () => {
  const clock = manualClock(Date.UTC(2026, 10, 24))
  writer = await openStreamWriter({ folder: join(root, 'stream'), clock, randomBytes, minFreeBytes: 0 })
  reader = openStreamReader({ folder: join(root, 'stream'), doorbell: writer.doorbell.memory })
})
afterAll(async () => {
  await reader.close()
  await writer.close()
  rmSync(root, { recursive: true, force: true })
})

interface Run {
  readonly recommender: Recommender
  readonly serving: ServingStore & { copyTo(folder: string): Promise<void> }
  readonly folder: string
}

async function start(name: string): Promise<Run> {
  const folder = join(root, name)
  mkdirSync(join(folder, 'model'), { recursive: true })
  base.layOutServing(join(folder, 'serving'))
  const serving = openServingStore({ folder: join(folder, 'serving'), facts: createServingFacts().memory })
  const recommender = await createRecommender({
    reader,
    serving,
    images: fileImageStore(join(folder, 'model')),
    loadBase: async () => base.image(),
    clock: openPlace().clock,
    onSlates: () => undefined,
    onBrokenImage: () => undefined,
    onNotLearned: () => undefined,
  })
  return { recommender, serving, folder }
}

const imageOf = async ({ recommender, folder }: Run) => {
  await recommender.saveImage()
  return fileImageStore(join(folder, 'model')).load()
}

test('image and slates are the same where the log was trimmed and everything but the base is lost', async () => {
  const whole = await start('whole')
  await writer.append(LOG.slice(0, 300))
  await settle(whole.recommender)
  const saving = whole.recommender.saveBase((image, position) =>
    base.keep(image, position, (folder) => whole.serving.copyTo(folder)),
  )
  // Learning goes on while the base is copied.
  await writer.append(LOG.slice(300, 420))
  await settle(whole.recommender)
  const upTo = await saving
  expect(upTo).toEqual(embeddedPosition(300))
  const trimmer = openStreamTrimmer(join(root, 'stream'))
  const limits = { maxAgeMs: 0, maxBytes: 1e12 }
  const nowMs = Date.UTC(2027, 0, 1)
  expect(await trimLog(trimmer, { limits, nowMs, upTo: embeddedPosition(280), maxSlices: 10 })).toMatchObject({
    records: 280,
  })
  await trimmer.close()
  await writer.append(LOG.slice(420))
  await settle(whole.recommender)

  const lost = await start('lost')
  await settle(lost.recommender)
  expect(await imageOf(lost)).toEqual(await imageOf(whole))
  expect(entriesOf(lost.serving, LOG)).toEqual(await rebuild(LOG))
  expect(lost.serving.productCount()).toBe(whole.serving.productCount())
})

test('a newer base takes the place of the older one, and a half-written one counts for nothing', async () => {
  const folder = join(root, 'bases')
  const two = openLogBase(folder)
  expect(two.position()).toBeNull()
  const nothing = async () => undefined
  await two.keep(new Uint8Array([1]), embeddedPosition(7), nothing)
  await two.keep(new Uint8Array([2]), embeddedPosition(12), nothing)
  const cut = two.keep(new Uint8Array([3]), embeddedPosition(90), () => Promise.reject(new Error('no room')))
  await expect(cut).rejects.toThrow('no room')
  expect(two.position()).toEqual(embeddedPosition(12))
  expect([...(two.image() ?? [])]).toEqual([2])
  await two.keep(new Uint8Array([4]), embeddedPosition(91), nothing)
  expect(readdirSync(folder)).toEqual([embeddedPosition(91).sequence_number])
  expect(existsSync(join(folder, embeddedPosition(12).sequence_number))).toBe(false)
})
