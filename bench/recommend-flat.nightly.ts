/**
 * recommend-flat: what one recommendation costs as the shop grows.
 *
 *   node --max-old-space-size=8000 bench/recommend-flat.nightly.ts [--events 20000000] [--write]
 *
 * From 10,000 to 1,000,000 products at a million events, and from 1 to 20 million events at 100,000 products; synthetic, the
 * popularity of products a power law. The index is filled by ingest alone, since a list costs the same whatever the weights are.
 * Shops take turns in rounds, so that a busy machine slows all of them; processor time, median of the rounds.
 */
import { parseArgs } from 'node:util'
import { ingest } from '../src/parts/model/learn/ingest.ts'
import { createModel, type Model } from '../src/parts/model/model.ts'
import { rankItems } from '../src/parts/model/rank/rank.ts'
import { NONE } from '../src/parts/model/state/chains.ts'
import { internItem } from '../src/parts/model/state/items.ts'
import { nextRandom, type Generator } from '../src/parts/model/state/random.ts'
import { createVisited, type Session } from '../src/parts/model/session/session.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '20000000' }, write: { type: 'boolean', default: false } },
})
const EVENTS_MOST = Number(values.events)
const MILLION = 1_000_000
const SEED = 7
const ROUNDS = 15
const LISTS_A_ROUND = 200
const SESSION_MOST = 12
/** Rank of a product falls as this power of chance: the top hundredth draws a fifth of all clicks. */
const SKEW = 3

const shops = [
  { products: 10_000, events: MILLION },
  { products: 100_000, events: MILLION },
  { products: 1_000_000, events: MILLION },
  ...[5 * MILLION, 20 * MILLION]
    .filter((events) => events <= EVENTS_MOST)
    .map((events) => ({ products: 100_000, events })),
].map(({ products, events }) => ({ products, events, ...openShop(products, events), usEach: [] as number[] }))

for (let round = 0; round < ROUNDS; round++) {
  for (const shop of shops) {
    const sessions = Array.from({ length: LISTS_A_ROUND }, () => sessionOf(shop.generator, shop.products))
    const cpu = process.threadCpuUsage()
    for (const items of sessions) rankItems(shop.model, items, 20)
    const used = process.threadCpuUsage(cpu)
    shop.usEach.push((used.user + used.system) / LISTS_A_ROUND)
  }
}

const medians = shops.map(({ usEach }) => percentile(usEach, 0.5))
for (const [place, { products, events, usEach }] of shops.entries()) {
  const reference = events === MILLION ? medians[0] : medians[1]
  const figures = { cpuUs: medians[place], slowestRoundUs: Math.max(...usEach), ratio: medians[place] / reference }
  report({ bench: 'recommend.flat', products, events, ...figures, goalRatio: 1.5, ...machine() }, values.write)
}

interface Shop {
  readonly model: Model
  readonly generator: Generator
}

function openShop(products: number, events: number): Shop {
  const model = createModel({ maxEvents: events + SESSION_MOST })
  const generator = { state: SEED }
  for (let item = 0; item < products; item++) internItem(model.items, String(item))
  while (model.chains.count < events) {
    const session: Session = { number: NONE, ...createVisited<number>(0) }
    for (const item of sessionOf(generator, products)) {
      ingest(model, session, { item, weight: 1 })
      session.items.push(item)
    }
  }
  return { model, generator }
}

/** Products near each other in number are alike: most steps lead to one of twenty neighbours. */
function sessionOf(generator: Generator, products: number): number[] {
  const random = (): number => nextRandom(generator) / 2 ** 32
  let item = Math.floor(products * random() ** SKEW)
  return Array.from({ length: 1 + Math.floor(SESSION_MOST * random()) }, () => {
    const near = random() < 0.8
    item = near ? (item + Math.floor(20 * random() ** 2)) % products : Math.floor(products * random() ** SKEW)
    return item
  })
}
