/**
 * app/forget-routes: people are forgotten over HTTP.
 *
 * In: an admin key, and the id of a user or a visitor.
 * Out: the receipt, once nothing of the person is left.
 * Guarantee: a request that is cut off is completed all the same. Replay: a second one finds nothing more to remove.
 * Invariant: the answer names nobody.
 */
import { Hono } from 'hono'
import type { Authorize } from '../parts/access/authorize.ts'
import type { PersonKind } from '../parts/access/suppression.ts'
import { HemlineError } from '../std/errors.ts'
import { problemResponse } from '../std/problem.ts'
import { strictQuery } from '../std/query.ts'
import { receiptOf, type Erasures } from './erasures.ts'

export interface ForgetRouteOptions {
  readonly erasures: Erasures
  readonly authorize: Authorize
  readonly onFault: (error: unknown) => void
}

export function forgetRoutes({ erasures, authorize, onFault }: ForgetRouteOptions): Hono {
  const app = new Hono()
  app.onError((error) => {
    if (!(error instanceof HemlineError) || error.status >= 500) onFault(error)
    return problemResponse(error)
  })
  const answer = async (request: Request, kind: PersonKind, id: string): Promise<Response> => {
    strictQuery(request.url, ['key'])
    authorize(request, 'admin')
    return Response.json(receiptOf(await erasures.forget({ kind, id }, () => undefined)))
  }
  app.delete('/v1/users/:id', (c) => answer(c.req.raw, 'user', c.req.param('id')))
  app.delete('/v1/visitors/:id', (c) => answer(c.req.raw, 'visitor', c.req.param('id')))
  return app
}
