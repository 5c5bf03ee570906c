/**
 * app/erasures: forgets people, from every place where Hemline keeps something of them.
 *
 * In: the id of a user or a visitor; or, after a crash or a restore, the erasures that are due.
 * Out: a receipt of counts; the list of erasures on disk.
 * Guarantee: once `forget` has begun it comes to its end, after a kill at the next start. Serving and the model forget at once,
 *   the stream and the lake within the run.
 * Invariant: ids stay in memory; what is on disk of an erasure are keyed hashes and counts. One erasure at a time.
 */
import { randomUUID } from 'node:crypto'
import {
  personHash,
  type Erasure,
  type ErasureReceipt,
  type ErasureStore,
  type PersonKind,
  type RemovedAt,
} from '../parts/access/suppression.ts'
import type { ServedPeople } from '../parts/serving/port.ts'
import type { StreamReader } from '../parts/stream/port.ts'
import { HemlineError, messageOf } from '../std/errors.ts'
import { replayLog } from '../steps/recommend/replay-log.ts'
import type { Pipeline } from './pipeline.ts'
import type { OnProgress } from './worker-calls.ts'
import type { EraseArgument, TraceArgument, Traced } from './workers/forget.ts'
import type { ForgetArgument } from './workers/recommend.ts'

export interface PersonNamed {
  readonly kind: PersonKind
  readonly id: string
}

export interface Erasures {
  /** @throws HEM_FORGET_ID_INVALID; what the stream and the lake throw: it is then tried again at the next start */
  forget(person: PersonNamed, onProgress: OnProgress): Promise<Erasure>
  /** What would go, by place; changes nothing. */
  preview(person: PersonNamed, onProgress: OnProgress): Promise<readonly RemovedAt[]>
  /** From now on nightly copies hold the user again. @throws HEM_FORGET_UNKNOWN where the user was never erased */
  readmit(userId: string): Erasure
  /** Completes what a crash or a restore left due. */
  resume(): Promise<void>
}

export interface ErasureOptions extends Pick<Pipeline, 'stream' | 'recommend' | 'lake' | 'clock' | 'log'> {
  readonly store: ErasureStore
  /** Hex. */
  readonly hashKey: string
  readonly emptyTails: () => Promise<void>
}

/** What a person may see of an erasure: no hash of anybody. */
export interface ShownReceipt extends ErasureReceipt {
  readonly erasure_id: string
  readonly kind: PersonKind
  readonly erased_at: string
}

export function receiptOf({ erasure_id, kind, erased_at, receipt }: Erasure): ShownReceipt {
  return { erasure_id, kind, erased_at, ...(receipt ?? { finished_at: erased_at, duration_ms: 0, removed: [] }) }
}

/** As long as the ids of events may be. */
const MAX_ID_CHARACTERS = 256

export function createErasures(options: ErasureOptions): Erasures {
  const { store, clock, hashKey, log } = options
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
    const turn = queue.then(task)
    queue = turn.catch(() => undefined)
    return turn
  }
  const now = () => new Date(clock.nowMs()).toISOString()
  return {
    forget: (person, onProgress) =>
      inTurn(async () => {
        const erasure = newErasure(person, options)
        store.put(erasure)
        return run(options, { erasure, known: person.id }, onProgress)
      }),
    preview: (person, onProgress) =>
      inTurn(async () => {
        const argument: TraceArgument = { erasure: newErasure(person, options), known: person.id, isDryRun: true }
        const { remains, counts } = await options.lake.call<Traced>('trace', argument, onProgress)
        return [{ place: 'stream', counts: { records: remains.length } }, ...counts]
      }),
    readmit(userId) {
      const hash = personHash('user', checkedId(userId), hashKey)
      const erasure = store.list().findLast(({ people }) => people.includes(hash))
      if (erasure === undefined) throw neverErased()
      const readmitted = { ...erasure, readmitted_at: now() }
      store.put(readmitted)
      return readmitted
    },
    resume: () =>
      inTurn(async () => {
        for (const erasure of store.list().filter(({ state }) => state === 'due')) {
          try {
            await run(options, { erasure, known: null }, () => undefined)
            log.info({ erasure: erasure.erasure_id }, 'an erasure that was due is done')
          } catch (error) {
            log.error(
              { erasure: erasure.erasure_id, fault: messageOf(error) },
              'an erasure failed; the next start tries again',
            )
          }
        }
      }),
  }
}

/** @throws HEM_FORGET_ID_INVALID */
export function newErasure(
  { kind, id }: PersonNamed,
  { clock, hashKey }: Pick<ErasureOptions, 'clock' | 'hashKey'>,
): Erasure {
  return {
    erasure_id: randomUUID(),
    kind,
    people: [personHash(kind, checkedId(id), hashKey)],
    erased_at: new Date(clock.nowMs()).toISOString(),
    state: 'due',
    readmitted_at: null,
    receipt: null,
  }
}

/**
 * Makes a list where there is none: of a folder that is new, or older than lists, or that lost its own. The log tells of every erasure;
 * that somebody was readmitted it does not tell.
 */
export async function ensureList(store: ErasureStore, reader: StreamReader): Promise<void> {
  if (store.isThere()) return
  const erasures: Erasure[] = []
  await replayLog({ reader, after: null, upTo: null, onProgress: () => undefined }, ({ record }) => {
    if (record.kind !== 'erasure') return
    const { erasure_id, person: kind, people, received_at: erased_at } = record
    erasures.push({ erasure_id, kind, people, erased_at, state: 'due', readmitted_at: null, receipt: null })
  })
  store.replace(erasures)
}

/** @param given.known the id that was asked for; null where only its hash is left */
async function run(
  options: ErasureOptions,
  given: { readonly erasure: Erasure; readonly known: string | null },
  onProgress: OnProgress,
): Promise<Erasure> {
  const { stream, recommend, lake, store, clock, hashKey } = options
  const { erasure, known } = given
  const { kind, erasure_id, people } = erasure
  const startedMs = clock.nowMs()
  const { last } = await stream.append([
    { kind: 'erasure', received_at: erasure.erased_at, erasure_id, person: kind, people },
  ])
  const forget = async (people: ServedPeople): Promise<number> => {
    const argument: ForgetArgument = { ...people, upTo: last }
    return (await recommend.call<{ readonly sessions: number }>('forget', argument)).sessions
  }
  // At once, as far as the model knows the person; the lake then tells of every browser.
  const idsOf = (wanted: PersonKind): readonly string[] => (known !== null && kind === wanted ? [known] : [])
  let sessions = await forget({ visitorKeys: idsOf('visitor'), userIds: idsOf('user') })
  const traced = await lake.call<Traced>(
    'trace',
    { erasure, known, isDryRun: false } satisfies TraceArgument,
    onProgress,
  )
  const { trace, remains } = traced
  const browsers = trace.visitorIds.map((visitorId) => personHash('visitor', visitorId, hashKey))
  const noted = { ...erasure, people: [...new Set([...people, ...browsers])] }
  // Before anything goes by which the browsers are found.
  store.put(noted)
  sessions += await forget({ visitorKeys: trace.visitorKeys, userIds: trace.userIds })
  await stream.erase(remains)
  // The lake comes last: after a kill in between, the person is found again by what stands in landing.
  await recommend.call('clear-forgotten', null)
  const removed = await lake.call<readonly RemovedAt[]>(
    'erase',
    { erasure: noted, trace } satisfies EraseArgument,
    onProgress,
  )
  await options.emptyTails()
  const receipt: ErasureReceipt = {
    finished_at: new Date(clock.nowMs()).toISOString(),
    duration_ms: clock.nowMs() - startedMs,
    removed: [
      { place: 'serving and model', counts: { sessions } },
      { place: 'stream', counts: { records: remains.length } },
      ...removed,
    ],
  }
  // It may have been readmitted meanwhile.
  const readmitted = store.list().find((other) => other.erasure_id === erasure_id)?.readmitted_at ?? null
  const done: Erasure = { ...noted, state: 'done', readmitted_at: readmitted, receipt }
  store.put(done)
  return done
}

function checkedId(id: string): string {
  if (id !== '' && id.length <= MAX_ID_CHARACTERS) return id
  throw new HemlineError('HEM_FORGET_ID_INVALID', {
    subject: 'the id',
    expected: `1 to ${MAX_ID_CHARACTERS} characters`,
    got: `${id.length}`,
    remedy: 'give it as events and the shop have it',
  })
}

function neverErased(): HemlineError {
  return new HemlineError('HEM_FORGET_UNKNOWN', {
    subject: 'the user',
    expected: 'somebody on the list of erasures',
    got: 'an id that is not',
    remedy: 'nothing needs to be done: nightly copies hold this user already',
  })
}
