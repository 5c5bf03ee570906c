/**
 * respond/rule-routes: HTTP calls that look at the merchandiser's rules.
 *
 * In: GET /v1/rules; POST /v1/rules/preview with a rule, and the page to look at in the query. Both with a server key.
 * Out: the rules; a page before and after a rule; faults as problem+json.
 * Guarantee: reads change nothing.
 * Invariant: an unknown query parameter or a wrong rule is a 400.
 */
import { Hono } from 'hono'
import type { Authorize } from '../../parts/access/authorize.ts'
import { readJson } from '../../parts/event/json-body.ts'
import type { Rule } from '../../parts/event/rule.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import { problemResponse } from '../../std/problem.ts'
import { strictQuery } from '../../std/query.ts'
import { previewRule } from './preview.ts'
import { PAGE_PARAMETERS, pageRequest } from './recommendations.ts'

const MAX_RULE_BYTES = 64 * 1024

export interface RuleReadOptions {
  readonly serving: ServingReader
  readonly authorize: Authorize
  readonly clock: Clock
  /** A rule as it would be kept. @throws HEM_RULE_INVALID */
  readonly readRule: (wire: unknown) => Rule
  /** Told of every fault that is ours. */
  readonly onFault: (error: unknown) => void
}

export function ruleReadRoutes({ serving, authorize, clock, readRule, onFault }: RuleReadOptions): Hono {
  const app = new Hono()

  app.get('/v1/rules', (c) => {
    strictQuery(c.req.url, ['key'])
    authorize(c.req.raw, 'server')
    return c.json({ rules: serving.rules() })
  })

  app.post('/v1/rules/preview', async (c) => {
    const query = strictQuery(c.req.url, PAGE_PARAMETERS)
    authorize(c.req.raw, 'server')
    const request = pageRequest(serving, query, c.req.header('accept-language') ?? null)
    const rule = readRule(await readJson(c.req.raw, MAX_RULE_BYTES))
    return c.json(previewRule(serving, { rule, request, nowMs: clock.nowMs() }))
  })

  app.onError((error) => {
    if (!(error instanceof HemlineError) || error.status >= 500) onFault(error)
    return problemResponse(error)
  })
  return app
}
