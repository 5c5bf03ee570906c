/**
 * app/demo: fills a running Hemline with a demo shop and keeps visitors clicking.
 *
 * In: a seed, or a catalogue.
 * Out: products, two years of orders in the shop's database, thirty days of clicks, the nights behind them.
 * Guarantee: a stage that was finished is not done again; one that was cut off starts again and changes nothing twice.
 * Invariant: everything goes the way real data goes: the collector, the shop's database, the nights.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Product } from '../parts/event/product.ts'
import { HemlineError } from '../std/errors.ts'
import { readCatalogue } from '../steps/collect/imports/catalogue-file.ts'
import { CLICK_EVENTS, simulateClicks } from '../tools/simulate/clicks.ts'
import { demoShop, type DemoShop } from '../tools/simulate/demo-shop.ts'
import { writeDemoShop } from '../tools/simulate/shopdb-writer.ts'
import type { WireEvent } from '../tools/simulate/wire.ts'
import { startLiveVisitors } from './live-visitors.ts'
import type { RunningServer } from './server.ts'
import type { OnProgress } from './worker-calls.ts'

export interface DemoOptions {
  readonly seed: number
  /** A catalogue file instead of made products, or null. */
  readonly catalogPath: string | null
  /** Whether pictures of the catalogue's products are served. */
  readonly images: boolean
  readonly onProgress: OnProgress
  /** Whether the person has asked to stop. */
  readonly isEnding: () => boolean
}

export interface RunningDemo {
  readonly summary: string
  stop(): Promise<void>
}

const PRODUCTS_PER_BATCH = 1000
const EVENTS_PER_BATCH = 500
/** Batches on their way to the disk at once. */
const BATCHES_AT_ONCE = 8
const LIVE_EVENTS_PER_SECOND = 3

type Stage = 'products' | 'orders' | 'clicks' | 'nights'

interface Marker {
  readonly seed: number
  readonly catalogPath: string | null
  /** When the shop's history ends, epoch milliseconds. */
  readonly nowMs: number
  readonly done: readonly Stage[]
}

export async function startDemo(server: RunningServer, options: DemoOptions): Promise<RunningDemo> {
  const { pipeline } = server
  const started = performance.now()
  let marker = readMarker(pipeline.lock.paths.root, options, pipeline.clock.nowMs())
  const catalogue = options.catalogPath === null ? undefined : await catalogueOf(options.catalogPath, options.images)
  const shop = demoShop({
    seed: marker.seed,
    nowMs: marker.nowMs,
    timeZone: pipeline.config.timeZone,
    ...(catalogue === undefined ? {} : { catalogue }),
  })
  const once = async (stage: Stage, work: () => Promise<void>) => {
    if (marker.done.includes(stage) || options.isEnding()) return
    await work()
    if (options.isEnding()) return
    marker = writeMarker(pipeline.lock.paths.root, { ...marker, done: [...marker.done, stage] })
  }
  await once('products', () => putProducts(server, shop, options.onProgress))
  // The database works in a process of its own, so orders and clicks are made side by side.
  await Promise.all([
    once('orders', () => writeOrders(server, shop)),
    once('clicks', () => sendClicks(server, shop, options)),
  ])
  await once('nights', () => runNights(server, shop, options.onProgress))
  const visitors = options.isEnding() ? null : startLiveVisitors(server, shop, LIVE_EVENTS_PER_SECOND)
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  return {
    summary: [
      `The demo shop is open (${seconds} s): ${shop.products.length.toLocaleString('en')} products, visitors click ${LIVE_EVENTS_PER_SECOND} times a second.`,
      `Click along at ${server.url}/  ·  ask the lake: npx hemline sql "SELECT * FROM mart.sales_daily LIMIT 5"`,
    ].join('\n'),
    stop: async () => visitors?.stop(),
  }
}

async function catalogueOf(path: string, images: boolean): Promise<readonly Product[]> {
  const rows = await readCatalogue({ path, images })
  return rows.flatMap((row) => ('product' in row ? [row.product] : []))
}

async function putProducts(server: RunningServer, shop: DemoShop, onProgress: OnProgress): Promise<void> {
  const { collector, untilServed } = server.pipeline
  const total = shop.products.length
  for (let from = 0; from < total; from += PRODUCTS_PER_BATCH) {
    const { last } = await collector.putProducts(shop.products.slice(from, from + PRODUCTS_PER_BATCH))
    const done = Math.min(total, from + PRODUCTS_PER_BATCH)
    onProgress({ label: 'products', done, total })
    if (done === total) await untilServed(last)
  }
}

async function writeOrders(server: RunningServer, shop: DemoShop): Promise<void> {
  const url = await server.pipeline.shopdb.url()
  try {
    await writeDemoShop({ url, shop })
  } catch (error) {
    // Written whole before the last start was cut off: the database commits all of it or nothing.
    const isFilled = error instanceof HemlineError && error.code === 'HEM_SIMULATE_TABLES_FILLED'
    if (isFilled && server.pipeline.shopdb.isOwn) return
    throw error
  }
}

async function sendClicks(server: RunningServer, shop: DemoShop, options: DemoOptions): Promise<void> {
  const { collector, lake } = server.pipeline
  const underWay = new Set<Promise<unknown>>()
  let sent = 0
  const send = async (events: readonly WireEvent[], userAgent: string | null) => {
    await collector.collect({ events, origin: 'import', userAgent })
    sent += events.length
    options.onProgress({ label: 'clicks of the last 30 days', done: sent, total: Math.max(sent, CLICK_EVENTS) })
  }
  // A request has one User-Agent, so bots come in requests of their own.
  const batches = new Map<string | null, WireEvent[]>()
  const flush = (userAgent: string | null, events: readonly WireEvent[]) => {
    batches.delete(userAgent)
    const sending = send(events, userAgent).finally(() => underWay.delete(sending))
    underWay.add(sending)
  }
  for (const event of simulateClicks(shop)) {
    const userAgent = userAgentOf(event)
    const batch = batches.get(userAgent) ?? []
    batches.set(userAgent, batch)
    batch.push(event)
    if (batch.length < EVENTS_PER_BATCH) continue
    flush(userAgent, batch)
    if (underWay.size >= BATCHES_AT_ONCE) await Promise.race(underWay)
    if (options.isEnding()) break
  }
  for (const [userAgent, batch] of batches) flush(userAgent, batch)
  await Promise.all(underWay)
  await lake.call('deliver', null, options.onProgress)
}

function userAgentOf(event: WireEvent): string | null {
  const userAgent = event.properties?.['user_agent']
  return typeof userAgent === 'string' ? userAgent : null
}

async function runNights(server: RunningServer, shop: DemoShop, onProgress: OnProgress): Promise<void> {
  const { lake, shopdb } = server.pipeline
  const since = shop.days[0]?.date ?? null
  await lake.call(
    'nights',
    {
      shopdbUrl: await shopdb.url(),
      shopdbMapping: null,
      date: null,
      since,
      expectsUsualDay: false,
      despiteChecks: false,
    },
    onProgress,
  )
}

/** @throws HEM_CONFIG_INVALID where the folder holds another demo shop */
function readMarker(folder: string, options: DemoOptions, nowMs: number): Marker {
  const wanted = { seed: options.seed, catalogPath: options.catalogPath }
  let found: Marker
  try {
    found = JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')) as Marker
  } catch {
    return writeMarker(folder, { ...wanted, nowMs, done: [] })
  }
  const { seed, catalogPath } = found
  if (isDeepStrictEqual({ seed, catalogPath }, wanted)) return found
  throw new HemlineError('HEM_CONFIG_INVALID', {
    subject: `demo in ${folder}`,
    expected: `the shop it holds: seed ${seed}, catalogue ${catalogPath ?? 'made'}`,
    got: `seed ${options.seed}, catalogue ${options.catalogPath ?? 'made'}`,
    remedy: 'start it with the same, or give the new shop another folder with --data',
  })
}

function writeMarker(folder: string, marker: Marker): Marker {
  const path = join(folder, 'demo.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(marker)}\n`)
  renameSync(`${path}.new`, path)
  return marker
}
