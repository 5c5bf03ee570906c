/**
 * visitor-store.contract: what every store of visitors apart from the model must do.
 *
 * In: a way to open an empty store.
 * Out: the same cases for each adapter.
 * Invariant: an entry never goes back, whoever writes and how often.
 */
import { expect, test } from 'vitest'
import type { StoredVisitor, VisitorStore } from '../../src/parts/serving/visitor-store.ts'
import { kinesisPosition } from '../../src/wings/aws/stream/kinesis-record.ts'

const at = (sequence: number) => kinesisPosition('shardId-000000000000', String(sequence))

export function storedVisitor(sequence: number, ...ids: readonly string[]): StoredVisitor {
  const list = (products: readonly string[]) => ({
    slate_id: `s${sequence}`,
    items: products.map((id) => ({ product_id: id, score: 0.5, reason: { code: 'popular', params: {} } })),
    computed_at: '2026-11-24T08:00:00.000Z',
    as_of: at(sequence),
  })
  return {
    position: at(sequence),
    memory: {
      state: {
        startedMs: 1,
        itemCount: ids.length,
        lastMs: 2,
        items: [...ids],
        weights: ids.map(() => 1),
        earlier: [],
        cart: [],
        bought: [],
      },
      userId: null,
      seen: ['abc'],
    },
    entry: { user_id: null, home: list(ids), cart: list([]), excluded: [], recent: [...ids], gender: null },
  }
}

/** @param atOnce writers of one visitor at once; 1 where a fake has no atomic writes */
export function visitorStoreContract(open: () => Promise<VisitorStore>, atOnce = 50): void {
  test('gives back what was written, and nothing for who is unknown', async () => {
    const store = await open()
    expect(await store.write('v-1', storedVisitor(1, 'a', 'b'))).toBe(true)
    expect(await store.write('user:42', storedVisitor(2, 'c'))).toBe(true)
    const found = await store.read(['v-1', 'unknown', 'user:42'])
    expect(found).toEqual(
      new Map([
        ['v-1', storedVisitor(1, 'a', 'b')],
        ['user:42', storedVisitor(2, 'c')],
      ]),
    )
    expect(await store.read([])).toEqual(new Map())
  })

  test('never goes back, and takes the same record once', async () => {
    const store = await open()
    const written: boolean[] = []
    for (const sequence of [5, 5, 4, 10]) written.push(await store.write('v', storedVisitor(sequence, `${sequence}`)))
    expect(written).toEqual([true, false, false, true])
    expect((await store.read(['v'])).get('v')).toEqual(storedVisitor(10, '10'))
  })

  test('lets the newest of many writers at once win', async () => {
    const store = await open()
    const order = Array.from({ length: atOnce }, (_, nth) => ((nth * 7) % atOnce) + 1)
    await Promise.all(order.map((sequence) => store.write('v', storedVisitor(sequence, `${sequence}`))))
    expect((await store.read(['v'])).get('v')).toEqual(storedVisitor(atOnce, `${atOnce}`))
  })

  test('knows the visitor last seen for a user', async () => {
    const store = await open()
    expect(await store.visitorOfUser('42')).toBeNull()
    const seen = (visitorKey: string, sequence: number) => store.writeUser('42', { visitorKey, position: at(sequence) })
    expect([await seen('v-1', 3), await seen('v-2', 4), await seen('v-1', 3)]).toEqual([true, true, false])
    expect(await store.visitorOfUser('42')).toBe('v-2')
  })

  test('reads more visitors than a call may name', async () => {
    const store = await open()
    const keys = Array.from({ length: 105 }, (_, nth) => `v-${nth}`)
    for (let first = 0; first < keys.length; first += 15) {
      await Promise.all(keys.slice(first, first + 15).map((key) => store.write(key, storedVisitor(1, key))))
    }
    expect((await store.read(keys)).size).toBe(105)
  })
}
