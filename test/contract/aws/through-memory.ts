/**
 * test/contract/aws/through-memory: the wing's two stores as one, as `recommend`, `learn` and `respond` use them.
 *
 * In: visitors, a shelf, and the clock of both.
 * Out: what the serving suite asks of.
 * Invariant: a page is answered by the code that answers it in Lambda.
 */
import type { ShopShelf } from '../../../src/parts/serving/shelf.ts'
import type { manualClock } from '../../../src/std/clock.ts'
import { NO_MEMORY } from '../../../src/steps/recommend/follow-record.ts'
import { createReadThrough } from '../../../src/steps/respond/read-through.ts'
import type { DynamoVisitors } from '../../../src/wings/aws/serving/dynamo-visitors.ts'
import { kinesisPosition } from '../../../src/wings/aws/stream/kinesis-record.ts'
import type { ServingUnderTest } from '../serving.contract.ts'

const HOUR_MS = 3_600_000

/** Both ends as one store; each batch is that of a newer record. */
export function throughMemory(
  visitors: DynamoVisitors,
  shelf: ShopShelf,
  clock: ReturnType<typeof manualClock>,
): ServingUnderTest {
  const through = createReadThrough({ visitors, shelf, clock })
  const productIds = new Set<string>()
  let records = 0
  return {
    async ask(question) {
      // What is kept in memory is old by then.
      clock.advance(HOUR_MS)
      return through.answer(async () => question(through.reader))
    },
    async write({ visitors: entries, visitorsOfUsers, rules, ...batch }) {
      const position = kinesisPosition('shardId-000000000000', String(++records))
      for (const [key, entry] of entries) await visitors.write(key, { position, memory: NO_MEMORY, entry })
      for (const [userId, visitorKey] of visitorsOfUsers) await visitors.writeUser(userId, { visitorKey, position })
      for (const { id } of batch.products) productIds.add(id)
      const known = (await shelf.facts())?.rules ?? []
      await shelf.write({ ...batch, rules: rules ?? known, productCount: productIds.size })
    },
    forget: visitors.forget,
    clearForgotten: visitors.clearForgotten,
    close: async () => undefined,
  }
}
