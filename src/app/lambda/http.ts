/**
 * lambda/http: an HTTP app around the routes of a function.
 *
 * In: routes of the steps, which know nothing of Lambda.
 * Out: the app; where a call came from.
 * Invariant: a call that no route knows is a 404 with a code; a fault that is ours is told and answered with a code.
 */
import { Hono } from 'hono'
import type { LambdaEvent } from 'hono/aws-lambda'
import { HemlineError } from '../../std/errors.ts'
import { problemResponse } from '../../std/problem.ts'

interface Bindings {
  readonly event?: LambdaEvent
}

export type LambdaApp = Hono<{ Bindings: Bindings }>

export interface HttpFunction {
  readonly app: LambdaApp
  readonly addressOf: (request: Request) => string | null
}

export function httpFunction(onFault: (fault: unknown) => void): HttpFunction {
  const addresses = new WeakMap<Request, string>()
  const app: LambdaApp = new Hono()
  app.use(async (c, next) => {
    const address = sourceOf(c.env?.event)
    if (address !== null) addresses.set(c.req.raw, address)
    await next()
  })
  app.notFound((c) => problemResponse(unknownCall(c.req.method, c.req.path)))
  app.onError((error) => {
    if (!(error instanceof HemlineError)) onFault(error)
    return problemResponse(error)
  })
  return { app, addressOf: (request) => addresses.get(request) ?? null }
}

/** The caller's address as the HTTP API saw it. */
function sourceOf(event: LambdaEvent | undefined): string | null {
  const context: object | undefined = event?.requestContext
  if (context === undefined || !('http' in context)) return null
  return (context.http as { readonly sourceIp?: string }).sourceIp ?? null
}

/** What one machine answers and a function cannot: what must be held open, or needs the model at hand. */
export function notHere(call: string): HemlineError {
  return new HemlineError('HEM_HTTP_NOT_HERE', {
    subject: call,
    expected: 'a call that is answered from stored lists',
    got: 'one that needs a process of its own',
    remedy: 'read the lists, ask Athena, or run Hemline on a machine',
  })
}

function unknownCall(method: string, path: string): HemlineError {
  return new HemlineError('HEM_HTTP_NOT_FOUND', {
    subject: `${method} ${path.slice(0, 128)}`,
    expected: 'a call of the HTTP interface',
    got: 'another one',
    remedy: 'see the README for the calls there are',
  })
}
