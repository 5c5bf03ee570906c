/**
 * lambda/respond: answers the website from stored lists.
 *
 * In: calls of the HTTP API with a read key, or a server key.
 * Out: slates, products, trends and rules as JSON.
 * Guarantee: reads change nothing, wait for no writer, and go on while writers are down.
 * Invariant: a read never ranks. What needs an open connection, the model or SQL is refused with a code.
 */
import { handle } from 'hono/aws-lambda'
import { createAuthorize } from '../../parts/access/authorize.ts'
import type { KeyStore } from '../../parts/access/key-store.ts'
import { normaliseRule } from '../../parts/event/rule-schema.ts'
import type { ShopShelf } from '../../parts/serving/shelf.ts'
import type { VisitorStore } from '../../parts/serving/visitor-store.ts'
import { shopDayBounds } from '../../parts/shopdb/shop-day.ts'
import type { Clock } from '../../std/clock.ts'
import { createReadThrough } from '../../steps/respond/read-through.ts'
import { respondRoutes } from '../../steps/respond/routes.ts'
import { ruleReadRoutes } from '../../steps/respond/rule-routes.ts'
import { createSlateWatch } from '../../steps/respond/slate-watch.ts'
import { openKeys, openShelf, openVisitors } from './adapters.ts'
import { opened } from './environment.ts'
import { httpFunction, notHere, type LambdaApp } from './http.ts'

export interface RespondHandlerOptions {
  readonly visitors: VisitorStore
  readonly shelf: ShopShelf
  readonly keys: Pick<KeyStore, 'roleOf'>
  readonly clock: Clock
  readonly timeZone: string
  readonly onFault: (fault: unknown) => void
}

const ELSEWHERE = ['/v1/recommendations/stream', '/v1/rank', '/v1/sql']

export function createRespond({ visitors, shelf, keys, clock, timeZone, onFault }: RespondHandlerOptions): LambdaApp {
  const { app, addressOf } = httpFunction(onFault)
  const inner = httpFunction(onFault)
  const authorize = createAuthorize(keys, addressOf)
  const serving = createReadThrough({ visitors, shelf, clock })
  // What the last round says counts: those before it lacked something.
  let faults: unknown[] = []
  const noteFault = (fault: unknown) => void faults.push(fault)
  const refuse = (call: string) => () => Promise.reject(notHere(call))
  const sql = { run: refuse('SQL'), stream: refuse('SQL'), describe: refuse('SQL'), close: () => Promise.resolve() }
  const ranking = { rank: refuse('ranking'), explain: refuse('explaining') }
  const justActed = { note: () => undefined, served: () => undefined }
  const shared = { serving: serving.reader, clock, authorize, onFault: noteFault }
  const readRule = (rule: unknown) => normaliseRule(rule, (shopDate) => shopDayBounds(shopDate, timeZone))
  for (const path of ELSEWHERE) {
    app.all(path, (c) => {
      throw notHere(c.req.path)
    })
  }
  const watch = createSlateWatch()
  inner.app.route('/', respondRoutes({ ...shared, experiment: null, ranking, sql, watch, justActed }))
  inner.app.route('/', ruleReadRoutes({ ...shared, readRule }))
  app.all('*', async (c) => {
    const answer = await serving.answer(async () => {
      faults = []
      return inner.app.fetch(c.req.raw.clone())
    })
    for (const fault of faults) onFault(fault)
    return answer
  })
  return app
}

export const handler = opened(async (environment) => {
  const { clock, onFault } = environment
  const [visitors, shelf, keys] = [openVisitors(environment), openShelf(environment), await openKeys(environment)]
  return handle(
    createRespond({ visitors, shelf, keys, clock, timeZone: environment.value('HEMLINE_TIME_ZONE'), onFault }),
  )
})
