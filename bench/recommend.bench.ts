/**
 * recommend: how good the recommender is, how fast it ranks, learns, saves and starts, and what it holds.
 *
 *   node --expose-gc bench/recommend.bench.ts [--events 1000000] [--part quality|engine] [--contenders ours,vs-knn]
 *     [--trials static,live,clothing] [--write]
 *
 * Quality on RetailRocket and UCI's clothing shop where ../shared/data has them, beside VS-kNN in the same run. Replay, image, memory and slates on
 * RetailRocket's sessions repeated, else on synthetic sessions of a power-law catalogue; every 20th event is a cart.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadImage, saveImage } from '../src/parts/model/image.ts'
import { learn } from '../src/parts/model/learn/learn.ts'
import { createModel, upsertProduct, type Model } from '../src/parts/model/model.ts'
import { cartSuggestions } from '../src/parts/model/slate/cart.ts'
import { recommend } from '../src/parts/model/slate/home.ts'
import { goesWith, similar } from '../src/parts/model/slate/product-lists.ts'
import { trending } from '../src/parts/model/slate/shop-slates.ts'
import { nextRandom } from '../src/parts/model/state/random.ts'
import { CONTENDERS, evaluate, type EvaluationData } from '../src/tools/evaluate/evaluate.ts'
import { readSessions } from '../src/tools/evaluate/session-files.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
    part: { type: 'string' },
    contenders: { type: 'string', default: 'ours,vs-knn' },
    trials: { type: 'string', default: 'static,live,clothing' },
  },
})
const EVENTS = Number(values.events)
const SEED = 7
const DATA = join(import.meta.dirname, '../../shared/data/retailrocket')
const CLOTHING = join(import.meta.dirname, '../../shared/data/eshop-clothing-2008/e-shop-clothing-2008.csv.gz')
const hasData = existsSync(DATA)
const SLATES = 2000
const SLATE_ITEMS = 60

if (values.part !== 'engine') await measureQuality()
if (values.part !== 'quality') measureEngine()

function measureEngine(): void {
  const model = measureReplay(hasData ? repeatedSessions() : syntheticSessions())
  // Before images are made, since the room of those that are no longer held is given back later.
  measureMemory(model)
  measureImage(model)
  measureSlates(model)
}

async function measureQuality(): Promise<void> {
  const train = join(DATA, 'sessions.train.txt.gz')
  const trials: readonly (readonly [string, string, EvaluationData])[] = [
    ...(hasData
      ? ([
          ['static', 'retailrocket', { train, test: join(DATA, 'sessions.test.txt.gz') }],
          ['live', 'retailrocket', { train, test: join(DATA, 'sessions.test-with-time.txt.gz'), live: true }],
        ] as const)
      : []),
    ...(existsSync(CLOTHING)
      ? ([['clothing', 'uci-clothing', { events: CLOTHING, form: 'uci-clothing' }]] as const)
      : []),
  ]
  const asked = values.trials.split(',')
  const only = CONTENDERS.filter((name) => values.contenders.split(',').includes(name))
  for (const [name, data, trial] of trials) {
    if (!asked.includes(name)) continue
    const figures = await evaluate({ ...trial, only, nowNs: () => process.hrtime.bigint() })
    for (const [protocol, rows] of Object.entries(figures)) {
      for (const [contender, row] of Object.entries(rows)) {
        const { p20, mrr20, hit5, p50Ms, p99Ms, ingestUs, pairs } = row
        const times = { p50Ms, p99Ms, ingestUs }
        report(
          { bench: 'recommend.quality', data, protocol, contender, p20, mrr20, hit5, ...times, pairs, ...machine() },
          write(),
        )
      }
    }
  }
}

function write(): boolean {
  return values.write
}

function repeatedSessions(): readonly (readonly string[])[] {
  const sessions = readSessions(join(DATA, 'sessions.train.txt.gz'))
  const events = sessions.reduce((sum, session) => sum + session.length, 0)
  return Array.from({ length: Math.ceil(EVENTS / events) }, () => sessions).flat()
}

/** Sessions of 1 to 9 products out of 40,000, popular ones far more often, each near the one before. */
function syntheticSessions(): readonly (readonly string[])[] {
  const generator = { state: SEED }
  const random = (): number => nextRandom(generator) / 2 ** 32
  const sessions: string[][] = []
  for (let events = 0; events < EVENTS; events += sessions[sessions.length - 1].length) {
    let item = Math.floor(40_000 * random() ** 3)
    sessions.push(
      Array.from({ length: 1 + Math.floor(9 * random()) }, () => {
        item = random() < 0.8 ? (item + Math.floor(20 * random() ** 2)) % 40_000 : Math.floor(40_000 * random() ** 3)
        return String(item)
      }),
    )
  }
  return sessions
}

function measureReplay(sessions: readonly (readonly string[])[]): Model {
  const model = createModel()
  let events = 0
  const startMs = performance.now()
  const startCpu = process.threadCpuUsage()
  for (const [session, items] of sessions.entries()) {
    if (events >= EVENTS) break
    for (const productId of items) {
      const action = events % 20 === 19 ? 'cart' : 'view'
      const timeMs = 1_767_225_600_000 + events * 1000
      learn(model, { visitorKey: `v${session}`, productId, action, timeMs, position: String(events) })
      events++
    }
  }
  const seconds = (performance.now() - startMs) / 1000
  const cpu = process.threadCpuUsage(startCpu)
  const source = hasData ? 'retailrocket repeated' : 'synthetic'
  const perEventUs = (seconds * 1e6) / events
  const cpuSeconds = (cpu.user + cpu.system) / 1e6
  report(
    { bench: 'recommend.replay', data: source, events, seconds, cpuSeconds, perEventUs, goalSeconds: 60, ...machine() },
    write(),
  )
  return model
}

function measureImage(model: Model): void {
  const saveMs: number[] = []
  const loadMs: number[] = []
  let imageBytes = 0
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now()
    const image = saveImage(model)
    const savedMs = performance.now()
    loadImage(image)
    saveMs.push(savedMs - startMs)
    loadMs.push(performance.now() - savedMs)
    imageBytes = image.byteLength
  }
  const events = model.chains.count
  const figures = { events, imageBytes, saveMs: percentile(saveMs, 0.5), loadMs: percentile(loadMs, 0.5), goalMs: 1000 }
  report({ bench: 'recommend.image', ...figures, ...machine() }, write())
}

function measureMemory(model: Model): void {
  globalThis.gc?.()
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  const held = { events: model.chains.count, items: model.items.productIds.length, visitors: model.sessions.size }
  const mebibytes = (bytes: number): number => bytes / 1024 ** 2
  const figures = {
    arrayBuffersMiB: mebibytes(arrayBuffers),
    heapUsedMiB: mebibytes(heapUsed),
    rssMiB: mebibytes(rss),
    collected: globalThis.gc !== undefined,
  }
  report({ bench: 'recommend.memory', ...held, ...figures, ...machine() }, write())
}

/** Whole slates under all rules, with a catalogue of every product the sessions hold. */
function measureSlates(model: Model): void {
  const generator = { state: SEED }
  const oneOf = (name: string, count: number): string => `${name}${nextRandom(generator) % count}`
  const productIds = [...model.items.productIds]
  for (const productId of productIds) {
    const type = nextRandom(generator) % 140
    upsertProduct(model, {
      productId,
      styleId: productId,
      gender: oneOf('gender', 5),
      articleType: `type${type}`,
      subCategory: `sub${type % 45}`,
      masterCategory: `master${type % 5}`,
      baseColour: oneOf('colour', 46),
      season: oneOf('season', 4),
      usage: oneOf('usage', 8),
      priceMinor: 500 + (nextRandom(generator) % 20_000),
      available: true,
      launchedAtMs: null,
    })
  }
  const visitors = [...model.sessions.keys()].slice(-SLATES)
  const products = productIds.slice(-SLATES / 10)
  const calls: Record<string, (place: number) => unknown> = {
    home: (place) => recommend(model, visitors[place], { limit: SLATE_ITEMS }),
    cart: (place) => cartSuggestions(model, visitors[place], SLATE_ITEMS),
    similar: (place) => similar(model, products[place % products.length], SLATE_ITEMS),
    goes_with: (place) => goesWith(model, products[place % products.length], SLATE_ITEMS),
    trending_anew: () => trending(model, SLATE_ITEMS),
  }
  for (const [list, call] of Object.entries(calls)) {
    const rounds = list === 'home' || list === 'cart' ? visitors.length : products.length
    const tookMs: number[] = []
    for (let place = 0; place < rounds; place++) {
      // As after an event, which makes all that slates share old.
      model.changes++
      const startMs = performance.now()
      call(place)
      tookMs.push(performance.now() - startMs)
    }
    const figures = { p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) }
    report(
      { bench: 'recommend.slate', list, items: SLATE_ITEMS, products: productIds.length, ...figures, ...machine() },
      write(),
    )
  }
}
