/**
 * slates: what a read costs with and without rules, what ranking on demand costs, and how new products find their shoppers.
 *
 *   node bench/slates.bench.ts [--write]
 *
 * Times are processor time of one thread, medians of rounds that take turns, since a busy machine stretches anything else.
 */
import { parseArgs } from 'node:util'
import type { Rule } from '../src/parts/event/rule.ts'
import { normaliseRule } from '../src/parts/event/rule-schema.ts'
import { learn } from '../src/parts/model/learn/learn.ts'
import { createModel, upsertProduct } from '../src/parts/model/model.ts'
import { orderProducts } from '../src/parts/model/slate/order.ts'
import { nextRandom } from '../src/parts/model/state/random.ts'
import type { StoredList } from '../src/parts/serving/slate.ts'
import { embeddedPosition } from '../src/parts/stream/position.ts'
import { pageRequest, readPage } from '../src/steps/respond/recommendations.ts'
import { measureExploration } from '../src/tools/evaluate/exploration.ts'
import { createMemoryServing } from '../test/contract/memory/memory-serving.ts'
import { aProduct } from '../test/parts/serving/shop-samples.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const ROUNDS = 15
const READS = 4000
const RANK_ROUNDS = 41
const RANKS = 50
const NOW_MS = Date.UTC(2026, 10, 24)
const SEED = 7

await measureReads()
measureRanking()
report(
  { bench: 'slates.exploration', seed: SEED, ...measureExploration({ seed: SEED, visits: 3000 }), ...machine() },
  values.write,
)

/** 20 of 60 stored products, from a serving store in memory: what the store itself costs is not in it. */
async function measureReads(): Promise<void> {
  const serving = createMemoryServing()
  const products = Array.from({ length: 500 }, (_, n) =>
    aProduct(`p${n}`, { base_colour: n % 3 === 0 ? 'Blue' : 'Red' }),
  )
  await serving.write({
    visitors: new Map([
      ['v', { user_id: null, home: list(0), cart: list(100), excluded: ['p5'], recent: ['p1'], gender: null }],
    ]),
    visitorsOfUsers: new Map(),
    products,
    lists: new Map([
      ['trending:', list(200)],
      ['new_in:', list(300)],
    ]),
    trends: new Map(),
    checkpoint: { slates: embeddedPosition(5), lists: embeddedPosition(5) },
  })
  const cases: Readonly<Record<string, { readonly query: Record<string, string>; readonly rules: readonly Rule[] }>> = {
    plainUs: { query: { visitor_id: 'v' }, rules: [] },
    pinAndBoostUs: { query: { visitor_id: 'v' }, rules: rules(0) },
    rules500Us: { query: { visitor_id: 'v' }, rules: rules(498) },
    pageOfThreeUs: { query: { visitor_id: 'v', placements: 'home,trending,new_in', limit: '8' }, rules: [] },
  }
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, { query, rules: given }] of Object.entries(cases)) {
      const asked = new Map(Object.entries(query))
      const us = cpuUs(() => {
        for (let n = 0; n < READS; n++)
          readPage(serving, pageRequest(serving, asked, null), { nowMs: NOW_MS, rules: given })
      })
      // The first round warms up.
      if (round > 0) times.get(name)?.push(us / READS)
    }
  }
  const medians = Object.fromEntries(Array.from(times, ([name, us]) => [name, percentile(us, 0.5)]))
  report({ bench: 'slates.read', products: 500, stored: 60, shown: 20, ...medians, ...machine() }, values.write)
}

function list(from: number): StoredList {
  const reason = { code: 'because_you_viewed', params: { product_id: 'p3' } }
  return {
    slate_id: 's',
    items: Array.from({ length: 60 }, (_, n) => ({ product_id: `p${from + n}`, score: 1 / (1 + n), reason })),
    computed_at: '2026-11-24T00:00:00.000Z',
    as_of: embeddedPosition(5),
  }
}

/** A pin, a boost, and others that match nothing shown. */
function rules(others: number): readonly Rule[] {
  const wire = [
    { action: 'pin', match: { product_id: 'p400' } },
    { action: 'boost', match: { base_colour: 'Blue' } },
    ...Array.from({ length: others }, (_, n) => ({ action: 'exclude', match: { product_id: `q${n}` } })),
  ]
  return wire.map((rule) => normaliseRule(rule, () => ({ startMs: 0, endMs: 0 })))
}

/** 500 of 5,000 products for visitors with five views, after 100,000 events. */
function measureRanking(): void {
  const generator = { state: SEED }
  const random = (below: number) => nextRandom(generator) % below
  const model = createModel()
  for (let n = 0; n < 5000; n++) {
    upsertProduct(model, {
      productId: `p${n}`,
      styleId: `p${n}`,
      gender: ['Men', 'Women', 'Unisex'][n % 3],
      articleType: `type ${n % 60}`,
      subCategory: `kind ${n % 20}`,
      masterCategory: `master ${n % 5}`,
      baseColour: `colour ${random(12)}`,
      season: null,
      usage: 'Casual',
      priceMinor: 1000 + random(9000),
      available: true,
      launchedAtMs: null,
    })
  }
  const visits = 20_000
  for (let visit = 0; visit < visits; visit++) {
    const first = Math.floor(((random(1000) / 1000) ** 2 * 5000) % 5000)
    for (let n = 0; n < 5; n++) {
      const productId = `p${(first + 60 * random(8)) % 5000}`
      const timeMs = NOW_MS + visit * 5000 + n * 1000
      learn(model, {
        visitorKey: `v${visit}`,
        productId,
        action: 'view',
        timeMs,
        position: String(visit * 5 + n).padStart(9, '0'),
      })
    }
  }
  const given = Array.from({ length: 500 }, (_, n) => `p${n * 7}`)
  // The processor's clock counts in steps of milliseconds, so that one list is too short for it.
  const us = Array.from({ length: RANK_ROUNDS }, (_, round) => {
    const took = cpuUs(() => {
      for (let n = 0; n < RANKS; n++) orderProducts(model, `v${visits - 1 - round * RANKS - n}`, given)
    })
    return took / RANKS
  })
  report(
    {
      bench: 'slates.rank',
      seed: SEED,
      events: visits * 5,
      products: 500,
      medianUs: percentile(us, 0.5),
      ...machine(),
    },
    values.write,
  )
}

function cpuUs(run: () => unknown): number {
  const before = process.threadCpuUsage()
  run()
  const { user, system } = process.threadCpuUsage(before)
  return user + system
}
