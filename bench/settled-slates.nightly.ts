/**
 * settled-slates: slates after kills and rebuilds beside those of a run that never stopped.
 *
 *   node bench/settled-slates.nightly.ts [--events 43953] [--kills 200] [--clicks 400] [--processKills 8] [--write]
 *
 * First in one process, on all of RetailRocket's eight days where ../shared/data has them, else on a made log: a paced run, one with bursts and
 * random deaths, and a rebuild from the log alone. Then with real processes over HTTP: one that never stops, and one that gets `kill -9` at random
 * while the same events come, and that at last loses all but its stream. Ends with exit code 1 where any slate differs, `computed_at` aside.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextRandom } from '../src/parts/model/state/random.ts'
import { startHemline, type HemlineProcess } from '../test/flow/hemline-process.ts'
import { shopClient, twentyProducts, type ShopClient } from '../test/flow/shop-client.ts'
import { hasRetailRocket } from '../test/parts/model/retailrocket.ts'
import { rebuild, runKilled, runPaced, type Entries } from '../test/steps/recommend/recommender-runs.ts'
import { madeLog, realLog } from '../test/steps/recommend/shop-logs.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '43953' },
    kills: { type: 'string', default: '200' },
    clicks: { type: 'string', default: '400' },
    processKills: { type: 'string', default: '8' },
    write: { type: 'boolean', default: false },
  },
})
const SEED = 7
const VISITORS = 40
const SETTLE_TIMEOUT_MS = 120_000
let differing = 0

await inOneProcess()
await withProcesses()
process.exit(differing === 0 ? 0 : 1)

async function inOneProcess(): Promise<void> {
  const events = Number(values.events)
  const log = hasRetailRocket ? realLog(events) : madeLog(events)
  const paced = await runPaced(log)
  const killed = await runKilled(log, { seed: SEED, kills: Number(values.kills), burstMax: 3000 })
  const rebuilt = await rebuild(log)
  const afterKills = differences(paced, killed)
  const afterRebuild = differences(paced, rebuilt)
  differing += afterKills + afterRebuild
  report(
    {
      bench: 'settled-slates',
      seed: SEED,
      data: hasRetailRocket ? 'retailrocket, eight days' : 'made',
      records: log.length,
      kills: Number(values.kills),
      visitors: Object.keys(paced).length,
      differingAfterKills: afterKills,
      differingAfterRebuild: afterRebuild,
      ...machine(),
    },
    values.write,
  )
}

function differences(expected: Entries, found: Entries): number {
  return Object.keys(expected).filter((visitor) => !isDeepStrictEqual(expected[visitor], found[visitor])).length
}

async function withProcesses(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'hemline-settled-'))
  const clicks = madeClicks(Number(values.clicks))
  const steady = await startHemline(optionsFor(join(root, 'steady')))
  await fill(shopClient(steady), clicks)
  const expected = await slatesOf(shopClient(steady))
  await steady.end('SIGTERM')

  const dataFolder = join(root, 'killed')
  const generator = { state: SEED }
  const killAt = new Set(
    Array.from({ length: Number(values.processKills) }, () => nextRandom(generator) % clicks.length),
  )
  let hemline = await startHemline(optionsFor(dataFolder))
  await shopClient(hemline).putProducts({ products: twentyProducts() })
  for (const [place, click] of clicks.entries()) {
    if (killAt.has(place)) {
      // The click is on its way when the process dies; whoever sent it sends it again.
      const lost = shopClient(hemline).post(click)
      await Promise.all([hemline.end('SIGKILL'), lost.catch(() => null)])
      hemline = await startHemline(optionsFor(dataFolder))
    }
    await shopClient(hemline).post(click)
  }
  const afterKills = await untilEqual(hemline, expected)
  await hemline.end('SIGKILL')
  for (const part of ['serving', 'model']) rmSync(join(dataFolder, part), { recursive: true, force: true })
  hemline = await startHemline(optionsFor(dataFolder))
  const afterRebuild = await untilEqual(hemline, expected)
  await hemline.end('SIGTERM')
  differing += afterKills + afterRebuild
  report(
    {
      bench: 'settled-slates.processes',
      seed: SEED,
      clicks: clicks.length,
      kills: killAt.size,
      visitors: VISITORS,
      differingAfterKills: afterKills,
      differingAfterRebuild: afterRebuild,
      ...machine(),
    },
    values.write,
  )
  rmSync(root, { recursive: true, force: true })
}

function optionsFor(dataFolder: string) {
  return { dataFolder, environment: { HEMLINE_LOG_LEVEL: 'error' } }
}

async function fill(shop: ShopClient, clicks: readonly object[]): Promise<void> {
  await shop.putProducts({ products: twentyProducts() })
  for (const click of clicks) await shop.post(click)
}

/** How many slates still differ once nothing changes them any more. */
async function untilEqual(hemline: HemlineProcess, expected: readonly unknown[]): Promise<number> {
  const deadline = performance.now() + SETTLE_TIMEOUT_MS
  for (;;) {
    const found = await slatesOf(shopClient(hemline))
    const different = expected.filter((slate, visitor) => !isDeepStrictEqual(slate, found[visitor])).length
    if (different === 0 || performance.now() > deadline) return different
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Own lists only: what the whole shop is shown fills none of these. */
async function slatesOf(shop: ShopClient): Promise<readonly unknown[]> {
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const slates: unknown[] = []
  for (let visitor = 0; visitor < VISITORS; visitor++) {
    for (const placement of ['home', 'cart']) {
      slates.push({ ...(await shop.slate(`visitor_id=v${visitor}&placement=${placement}`)), computed_at: '' })
    }
  }
  return slates
}

function madeClicks(count: number): object[] {
  const generator = { state: SEED }
  const draw = (below: number): number => nextRandom(generator) % below
  const types = ['product_view', 'product_view', 'product_view', 'add_to_cart', 'purchase']
  const startMs = Date.now() - count * 1000
  return Array.from({ length: count }, (_, place) => ({
    event_id: `click-${place}`,
    event_type: types[draw(types.length)],
    visitor_id: `v${draw(VISITORS)}`,
    product_id: String(1 + draw(20)),
    timestamp: new Date(startMs + place * 1000).toISOString(),
  }))
}
