/**
 * test/app/lambda/small-cloud: every handler of the clicks' way, on streams and stores in memory and a real lake.
 *
 * In: a seed, a folder, and what goes wrong how often.
 * Out: the handlers, ways to send and to let time pass, and the ledger.
 * Invariant: the handlers are the deployed ones; only what lies behind their ports is memory.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createCollect } from '../../../src/app/lambda/collect.ts'
import { deadLettersIn } from '../../../src/app/lambda/dead-letters.ts'
import { handler as deliver } from '../../../src/app/lambda/deliver.ts'
import { createLand } from '../../../src/app/lambda/land.ts'
import { createLearn } from '../../../src/app/lambda/learn.ts'
import { createModelSource } from '../../../src/app/lambda/model-source.ts'
import { createRecommend } from '../../../src/app/lambda/recommend.ts'
import { createRespond } from '../../../src/app/lambda/respond.ts'
import { seededHashKey, seededKeys, seededKeyStore } from '../../../src/parts/access/seeded-keys.ts'
import { nextRandom } from '../../../src/parts/model/state/random.ts'
import type { KeyRole } from '../../../src/parts/access/roles.ts'
import type { SharedImageStore } from '../../../src/parts/model/port.ts'
import type { VisitorStore } from '../../../src/parts/serving/visitor-store.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { openRefiner } from '../../../src/steps/refine/clickstreams.ts'
import { openMemoryLake } from '../../contract/memory/memory-lake.ts'
import { createMemoryShelf } from '../../contract/memory/memory-shelf.ts'
import { createMemoryVisitors } from '../../contract/memory/memory-visitors.ts'
import { openTestLake } from '../../fixtures/test-lake.ts'
import { createFirehose } from './firehose-simulator.ts'
import { createLoop, type Faults, type LambdaHandler } from './loop-simulator.ts'
import { openMemoryKinesis, type KinesisEntry } from './memory-kinesis.ts'

const SEED = 'a seed that nobody knows'
export const HASH_KEY = seededHashKey(SEED)
const KEYS = new Map(seededKeys(SEED).map(({ role, key }) => [role, key]))
export const SERVER_KEY = KEYS.get('server') ?? ''
export const ADMIN_KEY = KEYS.get('admin') ?? ''
const TIME_ZONE = 'Europe/Berlin'

export interface CloudOptions {
  readonly seed: number
  /** An empty folder for the lake. */
  readonly folder: string
  readonly faults: Faults & {
    /** Chance that a put's answer is lost. */
    readonly lostPut: number
    /** Chance that a write of the table is refused. */
    readonly throttle: number
    /** Chance that an invocation dies at one of its writes. */
    readonly crash: number
    readonly repeatedFile: number
  }
  /** Whether the table is out of reach at this time. */
  readonly isDown?: (nowMs: number) => boolean
}

export const NO_FAULTS: CloudOptions['faults'] = {
  lostAnswer: 0,
  twice: 0,
  again: 0,
  lostPut: 0,
  throttle: 0,
  crash: 0,
  repeatedFile: 0,
}

export type SmallCloud = Awaited<ReturnType<typeof openSmallCloud>>

export async function openSmallCloud({ seed, folder, faults, isDown = () => false }: CloudOptions) {
  const generator = { state: seed }
  const random = (): number => nextRandom(generator) / 2 ** 32
  const clock = manualClock(Date.UTC(2026, 10, 24, 8))
  const noted: unknown[] = []
  const onFault = (fault: unknown) => void noted.push(fault)
  const kinesis = openMemoryKinesis({ clock, shardCount: 2, losesAnswer: () => random() < faults.lostPut })
  const visitors = createMemoryVisitors()
  const shelf = createMemoryShelf()
  const images = memoryImages()
  const bucket = openMemoryLake(clock)
  const lake = await openTestLake(join(folder, 'lake'))
  const keys = seededKeyStore(SEED)
  const shared = { shelf, keys, clock, timeZone: TIME_ZONE, onFault }
  const collect = createCollect({ ...shared, stream: kinesis.writer, randomBytes })
  const respond = createRespond({ ...shared, visitors })
  const learn = createLearn({ reader: kinesis.reader, images, shelf, clock, hashKey: HASH_KEY })
  const expired: KinesisEntry[] = []
  const loop = createLoop({
    shards: kinesis.shards,
    handler: mortal({ random, chance: faults.crash }, (dies) =>
      createRecommend({
        visitors: refusing(visitors, { dies, refuses: () => isDown(clock.nowMs()) || random() < faults.throttle }),
        model: createModelSource({ images: { ...images, hasChanged: async () => true }, clock, onFault }),
        deadLetter: deadLettersIn(bucket.files, 'dead-letter/recommend'),
        clock,
        onFault,
      }),
    ),
    clock,
    random,
    batchRecords: 20,
    parallelBatches: 2,
    recordAgeMaxMs: 6 * 3_600_000,
    onExpired: (entries) => void expired.push(...entries),
    faults,
  })
  const { files } = bucket
  const firehoseOptions = { shards: kinesis.shards, transform: deliver, files, folder: 'firehose', random }
  const firehose = createFirehose({ ...firehoseOptions, repeats: faults.repeatedFile })
  const refiner = await openRefiner({ lake, timeZone: TIME_ZONE })
  const landing = { lake, objects: files, objectsFolder: 'firehose', plans: files, plansFolder: 'landing/plans', clock }

  return {
    clock,
    random,
    keys,
    collect,
    respond,
    kinesis,
    visitors,
    files,
    lake,
    loop,
    firehose,
    expired,
    faults: noted,
    images,
    learn: () => learn(null, { getRemainingTimeInMillis: () => 800_000 }),
    land: createLand({ ...landing, folder, refiner }),
    ask: (role: KeyRole, path: string, sent?: { readonly method: string; readonly body: unknown }) =>
      ask(sent === undefined ? respond : collect, role, path, sent),
    close() {
      refiner.close()
      lake.close()
      bucket.dispose()
    },
  }
}

async function ask(
  app: { fetch(request: Request): Response | Promise<Response> },
  role: KeyRole,
  path: string,
  sent?: { readonly method: string; readonly body: unknown },
) {
  const headers = { authorization: `Bearer ${KEYS.get(role)}`, 'content-type': 'application/json' }
  const body = sent === undefined || sent.body === null ? {} : { body: JSON.stringify(sent.body) }
  const init = { headers, method: sent?.method ?? 'GET', ...body }
  const response = await app.fetch(new Request(`https://api.example${path}`, init))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function memoryImages(): SharedImageStore & { readonly current: () => Uint8Array | null } {
  let image: Uint8Array | null = null
  return {
    current: () => image,
    hasChanged: async () => true,
    load: async () => image,
    publish: async (bytes) => void (image = bytes),
  }
}

/** Some invocations die at one of their writes, and do nothing after it. */
function mortal(
  { random, chance }: { readonly random: () => number; readonly chance: number },
  create: (dies: () => boolean) => LambdaHandler,
): LambdaHandler {
  return async (event) => {
    let writesLeft = random() < chance ? Math.floor(random() * 4) : Number.POSITIVE_INFINITY
    const answer = await create(() => --writesLeft < 0)(event)
    if (writesLeft < 0) throw new Error('the function died')
    return answer
  }
}

function refusing(
  store: VisitorStore,
  { dies, refuses }: { readonly dies: () => boolean; readonly refuses: () => boolean },
): VisitorStore {
  return {
    ...store,
    write(key, visitor) {
      if (dies()) return Promise.reject(new Error('died'))
      return refuses() ? Promise.reject(new Error('throttled')) : store.write(key, visitor)
    },
  }
}
