/**
 * test/app/lambda/forget: a person leaves the serving table, the model and the lake, and what lands late leaves with the next run.
 *
 * In: a small cloud, an admin key.
 * Out: what is left of the person, place by place.
 * Invariant: others keep all that is theirs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eraseDue } from '../../../src/app/lambda/erase.ts'
import { createErasureList } from '../../../src/app/lambda/erasure-list.ts'
import { createForget } from '../../../src/app/lambda/forget.ts'
import { loadImage } from '../../../src/parts/model/image.ts'
import { createMemoryPublished } from '../../contract/memory/memory-published.ts'
import { rowsOf } from '../../fixtures/test-lake.ts'
import { ADMIN_KEY, HASH_KEY, NO_FAULTS, openSmallCloud, type SmallCloud } from './small-cloud.ts'
import { putProducts } from './small-shop.ts'

let folder: string
let cloud: SmallCloud

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-forget-'))
  cloud = await openSmallCloud({ seed: 3, folder, faults: NO_FAULTS })
  await putProducts(cloud, 20)
})
afterEach(() => {
  cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

const click = (visitor: string, product: string, user?: string) =>
  cloud.ask('write', '/v1/events', {
    method: 'POST',
    body: { event_type: 'product_view', visitor_id: visitor, product_id: product, user_id: user },
  })
const deliver = async () => {
  await cloud.firehose.flush()
  await cloud.land()
}
const inClean = () => rowsOf(cloud.lake, 'SELECT visitor_id FROM clean.clickstreams ORDER BY 1')

test('forgets a user with their browser at once, and what lands afterwards with the next run', async () => {
  const options = {
    lake: cloud.lake,
    visitors: cloud.visitors,
    stream: cloud.kinesis.writer,
    erasures: createErasureList(createMemoryPublished()),
    hashKey: HASH_KEY,
    clock: cloud.clock,
  }
  const forget = createForget({ ...options, keys: cloud.keys, onFault: () => expect.unreachable() })
  await click('v-ada', 'p1', 'ada')
  await click('v-bob', 'p2', 'bob')
  await cloud.learn()
  await cloud.loop.drain()
  await deliver()
  await click('v-ada', 'p3')
  const refused = await forget.fetch(new Request('https://x/v1/users/ada', { method: 'DELETE' }))
  expect(refused.status).toBe(401)
  const headers = { authorization: `Bearer ${ADMIN_KEY}` }
  cloud.clock.advance(1000)
  const answer = await forget.fetch(new Request('https://x/v1/users/ada', { method: 'DELETE', headers }))
  expect(answer.status).toBe(202)
  expect(await answer.text()).not.toMatch(/ada/)
  expect([...(await cloud.visitors.read(['v-ada', 'user:ada', 'v-bob'])).keys()]).toEqual(['v-bob'])
  expect(await inClean()).toEqual([['v-bob']])

  // The click that had not landed comes after it.
  await deliver()
  await cloud.loop.drain()
  expect(await inClean()).toEqual([['v-ada'], ['v-bob']])
  cloud.clock.advance(2 * 3_600_000)
  expect(await eraseDue(options)).toBe(1)
  expect(await inClean()).toEqual([['v-bob']])
  expect([...(await cloud.visitors.read(['v-ada', 'v-bob'])).keys()]).toEqual(['v-bob'])
  await cloud.learn()
  const model = loadImage(cloud.images.current() ?? new Uint8Array())
  expect([[...model.sessions.keys()], [...model.users.keys()]]).toEqual([['v-bob'], ['bob']])
  expect(await eraseDue(options)).toBe(0)
  expect(JSON.stringify(await options.erasures.list())).not.toMatch(/ada/)
})
