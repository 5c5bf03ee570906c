/**
 * lambda/collect: takes events, products and rules in and puts them on the stream.
 *
 * In: calls of the HTTP API with a write key, or a server key.
 * Out: records in Kinesis; counts and refusals.
 * Guarantee: a 2xx means that Kinesis has accepted every record; a 503 may be sent again unchanged.
 * Invariant: keys are checked here, since a browser has no identity that the API could check.
 */
import { handle } from 'hono/aws-lambda'
import { createAuthorize } from '../../parts/access/authorize.ts'
import type { KeyStore } from '../../parts/access/key-store.ts'
import type { RandomBytes } from '../../parts/event/event-id.ts'
import type { Rule } from '../../parts/event/rule.ts'
import type { ShopShelf } from '../../parts/serving/shelf.ts'
import { shopDayBounds } from '../../parts/shopdb/shop-day.ts'
import type { StreamWriter } from '../../parts/stream/port.ts'
import type { Clock } from '../../std/clock.ts'
import { createCollector } from '../../steps/collect/collector.ts'
import { collectRoutes } from '../../steps/collect/routes.ts'
import { openRuleDesk } from '../../steps/collect/rule-desk.ts'
import { ruleRoutes } from '../../steps/collect/rule-routes.ts'
import { openKeys, openShelf, openStream } from './adapters.ts'
import { opened } from './environment.ts'
import { httpFunction, type LambdaApp } from './http.ts'

export interface CollectOptions {
  readonly stream: StreamWriter
  readonly shelf: ShopShelf
  readonly keys: Pick<KeyStore, 'roleOf'>
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly timeZone: string
  readonly onFault: (fault: unknown) => void
}

export function createCollect(options: CollectOptions): LambdaApp {
  const { stream, shelf, keys, clock, randomBytes, timeZone, onFault } = options
  const { app, addressOf } = httpFunction(onFault)
  const authorize = createAuthorize(keys, addressOf)
  // The catalogue lies with the learner, who learns nothing of a product that it lacks.
  const collector = createCollector({ stream, isKnownProduct: () => true, clock, randomBytes })
  let rules: readonly Rule[] = []
  app.use('/v1/rules/*', async (_, next) => {
    rules = (await shelf.facts())?.rules ?? []
    await next()
  })
  const desk = openRuleDesk({
    stream,
    current: () => rules,
    dayBounds: (shopDate) => shopDayBounds(shopDate, timeZone),
    // Pages obey a rule once the next run of the learner has laid it out.
    until: () => Promise.resolve(),
    clock,
  })
  app.route('/', collectRoutes({ collector, authorize, clock, addressOf, onFault }))
  app.route('/', ruleRoutes({ desk, authorize, onFault }))
  return app
}

export const handler = opened(async (environment) => {
  const { clock, entropy, onFault } = environment
  const [stream, shelf, keys] = [openStream(environment), openShelf(environment), await openKeys(environment)]
  const timeZone = environment.value('HEMLINE_TIME_ZONE')
  return handle(createCollect({ stream, shelf, keys, clock, randomBytes: entropy, timeZone, onFault }))
})
