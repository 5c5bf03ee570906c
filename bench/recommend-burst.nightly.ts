/**
 * recommend-burst: how far behind slates and learning fall in the recommender's own thread, on a clock that counts its processor time.
 *
 *   node bench/recommend-burst.nightly.ts [--records 10000] [--rates 1000,2000,4000] [--write]
 *
 * Records of single events lie in a real stream; each "arrives" when the thread has used so much processor time, and a thread that waits is taken
 * to the next arrival. So the figures are those of a thread with a core to itself, however busy the machine is. Slates go to a real serving store.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nextRandom } from '../src/parts/model/state/random.ts'
import type { ServingStore } from '../src/parts/serving/port.ts'
import type { StreamReader } from '../src/parts/stream/port.ts'
import type { StreamRecord } from '../src/parts/stream/record.ts'
import { createRecommender } from '../src/steps/recommend/recommender.ts'
import { createServingFacts } from '../src/wings/embedded/serving/serving-facts.ts'
import { openServingStore } from '../src/wings/embedded/serving/lmdb-serving.ts'
import { openStreamReader } from '../src/wings/embedded/stream/lmdb-reader.ts'
import { openStreamWriter } from '../src/wings/embedded/stream/lmdb-writer.ts'
import { anEvent, aProduct } from '../test/fixtures/records.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '10000' },
    rates: { type: 'string', default: '1000,2000,4000' },
    write: { type: 'boolean', default: false },
  },
})
const records = Number(values.records)
const PRODUCTS = 2000
const VISITORS = 5000
const SEED = 7

for (const rate of values.rates.split(',').map(Number)) await measure(rate)
process.exit(0)

async function measure(rate: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-recommend-burst-'))
  const writer = await openStreamWriter({ folder, clock: { nowMs: () => Date.now() }, randomBytes })
  const reader = openStreamReader({ folder, doorbell: writer.doorbell.memory })
  const store = openServingStore({ folder: join(folder, 'serving'), facts: createServingFacts().memory })
  const log = madeLog(records * 2)
  for (let from = 0; from < log.length; from += 1000) await writer.append(log.slice(from, from + 1000))
  // The first half is learned before the clock starts.
  const first = log.length - records
  const arrivals = { count: first }
  const watched = watchSlates(store, log)
  const recommender = await createRecommender({
    reader: arrivedOnly(reader, arrivals),
    serving: watched.serving,
    images: { load: async () => null, publish: async () => undefined },
    loadBase: async () => null,
    clock: { nowMs: () => cpuMs() + watched.skippedMs },
    onSlates: () => undefined,
    onBrokenImage: () => undefined,
    onNotLearned: () => undefined,
  })
  while (!recommender.isCaughtUp() || recommender.pending().slates > 0) await recommender.turn()

  const startMs = cpuMs()
  watched.start(first)
  const now = () => cpuMs() - startMs + watched.skippedMs
  const behindMs: number[] = []
  while (arrivals.count < log.length || watched.waiting() > 0) {
    arrivals.count = Math.min(log.length, first + Math.floor((now() / 1000) * rate))
    watched.arrive(arrivals.count, now)
    const more = await recommender.turn()
    const learned = Number(recommender.learned()?.sequence_number ?? 0)
    const dueMs = ((learned + 1 - first) / rate) * 1000
    behindMs.push(learned >= arrivals.count ? 0 : Math.max(0, now() - dueMs))
    if (!more && arrivals.count < log.length) watched.skippedMs += Math.max(0.1, 1000 / rate)
  }
  const usedMs = cpuMs() - startMs
  report(
    {
      bench: 'recommend-burst',
      seed: SEED,
      rate,
      records,
      visitors: VISITORS,
      products: PRODUCTS,
      slateBehindP50Ms: percentile(watched.lagMs, 0.5),
      slateBehindP90Ms: percentile(watched.lagMs, 0.9),
      slateBehindP99Ms: percentile(watched.lagMs, 0.99),
      learningBehindP99Ms: percentile(behindMs, 0.99),
      learningBehindMaxMs: Math.max(...behindMs),
      owedAfterwards: recommender.pending().owed,
      cpuMsPerRecord: usedMs / records,
      ...machine(),
    },
    values.write,
  )
  await reader.close()
  await writer.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Whose slate covers what, and how long that took. */
function watchSlates(store: ServingStore, log: readonly StreamRecord[]) {
  const lagMs: number[] = []
  const waitingSince = new Map<string, { readonly sequence: number; readonly atMs: number }>()
  let arrived = 0
  let now = () => 0
  const watched = {
    lagMs,
    /** Time in which the thread had nothing to do. */
    skippedMs: 0,
    start: (first: number) => void (arrived = first),
    arrive(count: number, clock: () => number) {
      now = clock
      for (; arrived < count; arrived++) {
        const record = log[arrived]
        if (record.kind !== 'events') continue
        if (!waitingSince.has(record.visitor_key)) {
          waitingSince.set(record.visitor_key, { sequence: arrived + 1, atMs: now() })
        }
      }
    },
    waiting: () => waitingSince.size,
    serving: {
      ...store,
      async write(batch) {
        await store.write(batch)
        for (const [visitorKey, entry] of batch.visitors) {
          const waiting = waitingSince.get(visitorKey)
          if (waiting === undefined || Number(entry.home.as_of.sequence_number) < waiting.sequence) continue
          waitingSince.delete(visitorKey)
          lagMs.push(now() - waiting.atMs)
        }
      },
    } satisfies ServingStore,
  }
  return watched
}

function arrivedOnly(reader: StreamReader, arrivals: { readonly count: number }): StreamReader {
  return {
    ...reader,
    async read(after, limit) {
      const first = after === null ? 0 : Number(after.sequence_number)
      return arrivals.count > first ? reader.read(after, Math.min(limit, arrivals.count - first)) : []
    },
  }
}

function madeLog(count: number): StreamRecord[] {
  const generator = { state: SEED }
  const random = () => nextRandom(generator) / 2 ** 32
  const receivedAt = '2026-11-23T08:00:00.000Z'
  const products = Array.from({ length: PRODUCTS }, (_, n) =>
    aProduct({ id: `p${n}`, article_type: `type${n % 40}`, base_colour: `colour${n % 9}` }),
  )
  const log: StreamRecord[] = []
  for (let from = 0; from < PRODUCTS; from += 20) {
    log.push({ kind: 'products', received_at: receivedAt, products: products.slice(from, from + 20) })
  }
  for (let n = 0; log.length < count; n++) {
    const visitor = `v${Math.floor(VISITORS * random())}`
    const event = anEvent({
      event_id: `e${n}`,
      visitor_id: visitor,
      product_id: `p${Math.floor(PRODUCTS * random() ** 3)}`,
      corrected_at: new Date(Date.UTC(2026, 10, 23) + n).toISOString(),
    })
    log.push({ kind: 'events', received_at: receivedAt, visitor_key: visitor, events: [event] })
  }
  return log
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
