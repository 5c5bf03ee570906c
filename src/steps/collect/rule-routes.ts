/**
 * collect/rule-routes: HTTP calls that change the merchandiser's rules.
 *
 * In: PUT /v1/rules with one rule or a list, DELETE /v1/rules/{id}; both with a server key.
 * Out: the rules as they were understood, once they are on disk; faults as problem+json.
 * Guarantee: a 2xx means on disk; the same call may be sent again.
 * Invariant: an unknown query parameter or a wrong rule is a 400, and nothing of that call is taken.
 */
import { Hono } from 'hono'
import type { Authorize } from '../../parts/access/authorize.ts'
import { readJson } from '../../parts/event/json-body.ts'
import { HemlineError } from '../../std/errors.ts'
import { problemResponse } from '../../std/problem.ts'
import { strictQuery } from '../../std/query.ts'
import { entriesOf } from './batch-body.ts'
import type { RuleDesk } from './rule-desk.ts'

const MAX_RULES_PER_REQUEST = 100
const MAX_RULES_BODY_BYTES = 1024 * 1024

export interface RuleRoutesOptions {
  readonly desk: RuleDesk
  readonly authorize: Authorize
  /** Told of every fault that is ours. */
  readonly onFault: (error: unknown) => void
}

export function ruleRoutes({ desk, authorize, onFault }: RuleRoutesOptions): Hono {
  const app = new Hono()

  app.put('/v1/rules', async (c) => {
    strictQuery(c.req.url, ['key'])
    authorize(c.req.raw, 'server')
    const { entries } = entriesOf(await readJson(c.req.raw, MAX_RULES_BODY_BYTES), {
      name: 'rules',
      most: MAX_RULES_PER_REQUEST,
    })
    return c.json(await desk.put(entries))
  })

  app.delete('/v1/rules/:id', async (c) => {
    strictQuery(c.req.url, ['key'])
    authorize(c.req.raw, 'server')
    return c.json(await desk.remove(c.req.param('id')))
  })

  app.onError((error) => {
    if (!(error instanceof HemlineError) || error.status >= 500) onFault(error)
    return problemResponse(error)
  })
  return app
}
