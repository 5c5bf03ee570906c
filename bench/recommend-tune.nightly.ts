/**
 * recommend-tune: a learner against another, on sessions cut from the end of train.
 *
 *   node bench/recommend-tune.nightly.ts [--against ../hemline-before] [--write]
 *
 * `--against` is a checkout of Hemline; without it, this one is measured alone. Three shops of one form and different habits:
 * RetailRocket, its sessions without their repeats, and UCI's clothing shop. The published test sessions, and the newest fifth
 * of the clothing shop, are never read as such. Each event of the newest sessions is predicted, then learned.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Contender, EvaluatedEvent } from '../src/tools/evaluate/contender.ts'
import { readRows } from '../src/tools/evaluate/event-rows.ts'
import { figuresOf } from '../src/tools/evaluate/figures.ts'
import { run } from '../src/tools/evaluate/run.ts'
import { readSessions } from '../src/tools/evaluate/session-files.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: { against: { type: 'string' }, write: { type: 'boolean', default: false } },
})
const DATA = join(import.meta.dirname, '../../shared/data')
const RETAILROCKET = join(DATA, 'retailrocket/sessions.train.txt.gz')
const CLOTHING = join(DATA, 'eshop-clothing-2008/e-shop-clothing-2008.csv.gz')
/** The clothing shop's newest fifth is its test. */
const CLOTHING_TRAIN_SHARE = 0.8

type Sessions = readonly (readonly string[])[]

const shops: readonly { readonly name: string; readonly sessions: Sessions; readonly heldOutShare: number }[] = [
  ...(existsSync(RETAILROCKET) ? retailRocketShops(readSessions(RETAILROCKET)) : []),
  ...(existsSync(CLOTHING) ? [{ name: 'uci-clothing', sessions: clothingTrain(), heldOutShare: 0.1 }] : []),
]
const checkouts = [
  resolve(import.meta.dirname, '..'),
  ...(values.against === undefined ? [] : [resolve(values.against)]),
]

for (const { name, sessions, heldOutShare } of shops) {
  for (const [place, checkout] of checkouts.entries()) {
    const { ours } = (await import(join(checkout, 'src/tools/evaluate/ours.ts'))) as { ours: () => Contender }
    const cpu = process.threadCpuUsage()
    const { p20, mrr20, hit5, pairs } = figuresOf(
      run(ours(), heldOut(sessions, heldOutShare), { nowNs: () => process.hrtime.bigint() }),
    )
    const used = process.threadCpuUsage(cpu)
    const learner = place === 0 ? 'this' : 'against'
    const cpuSeconds = (used.user + used.system) / 1e6
    report(
      { bench: 'recommend.tune', data: name, learner, p20, mrr20, hit5, pairs, cpuSeconds, ...machine() },
      values.write,
    )
  }
}

function retailRocketShops(sessions: Sessions): { name: string; sessions: Sessions; heldOutShare: number }[] {
  const withoutRepeats = sessions.map((items) => [...new Set(items)]).filter((items) => items.length > 1)
  return [
    { name: 'retailrocket', sessions, heldOutShare: 0.05 },
    { name: 'retailrocket without repeats', sessions: withoutRepeats, heldOutShare: 0.05 },
  ]
}

function clothingTrain(): Sessions {
  const sessions = new Map<string, string[]>()
  for (const { visitor, item } of readRows(CLOTHING, 'uci-clothing')) {
    const items = sessions.get(visitor)
    if (items === undefined) sessions.set(visitor, [item])
    else items.push(item)
  }
  return [...sessions.values()].slice(0, Math.floor(sessions.size * CLOTHING_TRAIN_SHARE))
}

function heldOut(sessions: Sessions, share: number): Parameters<typeof run>[1] {
  const cut = sessions.length - Math.floor(sessions.length * share)
  let timeMs = 1_400_000_000_000
  const events = sessions.map((items, session) =>
    items.map((item): EvaluatedEvent => ({ session, item, timeMs: (timeMs += 1000), action: 'view' })),
  )
  return {
    protocol: 'live',
    train: events.slice(0, cut).flat(),
    test: events.slice(cut).flat(),
    pairs: [],
    shortestPrefix: 1,
  }
}
