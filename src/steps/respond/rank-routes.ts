/**
 * respond/rank-routes: POST /v1/rank.
 *
 * In: a visitor and up to 500 products: a category page, a search result. A read key, or a server key for a user.
 * Out: the products in the order of the visitor's interest, under the merchandiser's rules; faults as problem+json.
 * Guarantee: reads change nothing; it is ranked where the model is, so it waits when the model is busy.
 * Invariant: an unknown field or query parameter is a 400.
 */
import { Hono } from 'hono'
import type { Authorize } from '../../parts/access/authorize.ts'
import { readJson } from '../../parts/event/json-body.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import type { Ranking } from '../../parts/serving/ranking.ts'
import { languageOf } from '../../parts/serving/reasons.ts'
import type { Clock } from '../../std/clock.ts'
import { strictQuery } from '../../std/query.ts'
import { answerRank } from './rank-answer.ts'
import { rankRequestOf } from './rank-request.ts'
import { visitorKeyOf } from './recommendations.ts'

const MAX_BODY_BYTES = 256 * 1024

export interface RankRoutesOptions {
  readonly serving: ServingReader
  readonly ranking: Ranking
  readonly authorize: Authorize
  readonly clock: Clock
  /** Headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
}

export function rankRoutes({ serving, ranking, authorize, clock, headers }: RankRoutesOptions): Hono {
  const app = new Hono()
  app.post('/v1/rank', async (c) => {
    strictQuery(c.req.url, ['key'])
    authorize(c.req.raw, 'read')
    const request = rankRequestOf(await readJson(c.req.raw, MAX_BODY_BYTES))
    if (request.userId !== null) authorize(c.req.raw, 'server')
    const visitorKey = visitorKeyOf(serving, request)
    const ranked = await ranking.rank({ visitorKey, productIds: request.productIds })
    const language = languageOf(request.locale ?? c.req.header('accept-language') ?? null)
    return c.json(answerRank(serving, ranked, { language, nowMs: clock.nowMs() }), 200, headers)
  })
  return app
}
