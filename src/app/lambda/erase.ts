/**
 * lambda/erase: takes a person out of the serving table and of the lake, as far as they are there by now.
 *
 * In: an erasure that is due.
 * Out: the erasure with its receipt; done once all that came before it has landed.
 * Guarantee: ends the same however often it is begun; what lands late is taken out by the next run.
 * Invariant: whoever was found with the person is in the list, and told to the learner, before anything goes by which they are
 *   found. The stream cannot take records back: what is in it goes by age.
 */
import { personHash, type Erasure } from '../../parts/access/suppression.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import type { ForgettingStore } from '../../parts/serving/port.ts'
import type { StreamWriter } from '../../parts/stream/port.ts'
import type { Clock } from '../../std/clock.ts'
import { eraseFromLake } from '../../steps/forget/erase-lake.ts'
import { quarantinedRows } from '../../steps/forget/erase-stream.ts'
import { findTrace } from '../../steps/forget/trace.ts'
import type { ErasureList } from './erasure-list.ts'

/** By then all that the collector acknowledged before has landed, unless landing is behind: an alarm looks at that. */
const LANDED_AFTER_MS = 60 * 60_000

export interface EraseOptions {
  readonly lake: Lake
  readonly visitors: Pick<ForgettingStore, 'forget'>
  readonly stream: StreamWriter
  readonly erasures: ErasureList
  /** Hex. */
  readonly hashKey: string
  readonly clock: Clock
}

/** @param known the id that was asked for; null where only its hash is left */
export async function erase(erasure: Erasure, known: string | null, options: EraseOptions): Promise<Erasure> {
  const { lake, visitors, erasures, hashKey, clock } = options
  const startedMs = clock.nowMs()
  const trace = await findTrace(erasure, known, { lake, hashKey })
  const found = trace.visitorIds.map((visitorId) => personHash('visitor', visitorId, hashKey))
  const noted: Erasure = { ...erasure, people: [...new Set([...erasure.people, ...found])] }
  await erasures.put(noted)
  await tellStream(noted, options)
  await visitors.forget({ visitorKeys: trace.visitorKeys, userIds: trace.userIds })
  const quarantined = await quarantinedRows(lake, trace)
  const removed = await eraseFromLake(lake, { erasure: noted, trace, quarantined, hashKey }, () => undefined)
  const isDone = startedMs - Date.parse(erasure.erased_at) > LANDED_AFTER_MS
  const finished_at = new Date(clock.nowMs()).toISOString()
  const receipt = { finished_at, duration_ms: clock.nowMs() - startedMs, removed }
  const done: Erasure = { ...noted, state: isDone ? 'done' : 'due', receipt }
  await erasures.put(done)
  return done
}

/** The learner forgets whom the record names; who comes later is somebody new. */
export async function tellStream(erasure: Erasure, { stream }: Pick<EraseOptions, 'stream'>): Promise<void> {
  const { erasure_id, kind: person, people, erased_at: received_at } = erasure
  await stream.append([{ kind: 'erasure', received_at, erasure_id, person, people }])
}

/** Every erasure that is due, the oldest first. */
export async function eraseDue(options: EraseOptions): Promise<number> {
  const due = (await options.erasures.list()).filter(({ state }) => state === 'due')
  for (const erasure of due) await erase(erasure, null, options)
  return due.length
}
