/**
 * lambda/forget: forgets a person.
 *
 * In: DELETE /v1/users/{id} and /v1/visitors/{id} with an admin key.
 * Out: a receipt of counts, which names nobody.
 * Guarantee: a call that is cut off, as the HTTP API does after half a minute, goes on to its end; what it could not reach, and what
 *   had not landed, `refine` takes out every night until all is gone.
 * Invariant: pages show nothing of the person from the moment the list of erasures knows of them.
 */
import { handle } from 'hono/aws-lambda'
import { createAuthorize } from '../../parts/access/authorize.ts'
import type { KeyStore } from '../../parts/access/key-store.ts'
import { seededHashKey } from '../../parts/access/seeded-keys.ts'
import type { Erasure, PersonKind } from '../../parts/access/suppression.ts'
import { accountKey } from '../../parts/model/session/known-users.ts'
import type { VisitorStore } from '../../parts/serving/visitor-store.ts'
import { strictQuery } from '../../std/query.ts'
import { newErasure, receiptOf } from '../erasures.ts'
import { openErasures, openKeys, openStream, openVisitors, readSeed } from './adapters.ts'
import { opened } from './environment.ts'
import { erase, tellStream, type EraseOptions } from './erase.ts'
import { httpFunction, type LambdaApp } from './http.ts'
import { openAwsLake } from './lake-adapters.ts'

export interface ForgetOptions extends Omit<EraseOptions, 'visitors'> {
  readonly visitors: EraseOptions['visitors'] & Pick<VisitorStore, 'read' | 'visitorOfUser'>
  readonly keys: Pick<KeyStore, 'roleOf'>
  readonly onFault: (fault: unknown) => void
}

export function createForget(options: ForgetOptions): LambdaApp {
  const { app, addressOf } = httpFunction(options.onFault)
  const authorize = createAuthorize(options.keys, addressOf)
  const answer = async (request: Request, kind: PersonKind, id: string): Promise<Response> => {
    strictQuery(request.url, ['key'])
    authorize(request, 'admin')
    const erasure = newErasure({ kind, id }, options)
    await options.erasures.put(erasure)
    await tellStream(erasure, options)
    await options.visitors.forget(await peopleOf({ kind, id }, options.visitors))
    const { state, ...receipt } = shown(await erase(erasure, id, options))
    return Response.json(receipt, { status: state === 'done' ? 200 : 202 })
  }
  app.delete('/v1/users/:id', (c) => answer(c.req.raw, 'user', c.req.param('id')))
  app.delete('/v1/visitors/:id', (c) => answer(c.req.raw, 'visitor', c.req.param('id')))
  return app
}

function shown(erasure: Erasure) {
  return { state: erasure.state, ...receiptOf(erasure) }
}

/** Whom the serving table knows under this id; the lake tells of every other browser. */
async function peopleOf(
  { kind, id }: { readonly kind: PersonKind; readonly id: string },
  visitors: Pick<VisitorStore, 'read' | 'visitorOfUser'>,
) {
  if (kind === 'visitor') return { visitorKeys: [id], userIds: [] }
  const seen = await visitors.visitorOfUser(id)
  const visitor = seen === null ? undefined : (await visitors.read([seen])).get(seen)
  // A device that another account has taken over is not theirs any more.
  const isTheirs = seen !== null && visitor?.memory.userId === id
  return { visitorKeys: [accountKey(id), ...(isTheirs ? [seen] : [])], userIds: [id] }
}

export const handler = opened(async (environment) => {
  const { clock, onFault } = environment
  const seed = await readSeed(environment)
  return handle(
    createForget({
      lake: await openAwsLake(environment, ['landing', 'clean', 'mart']),
      visitors: openVisitors(environment),
      stream: openStream(environment),
      erasures: openErasures(environment),
      keys: await openKeys(environment),
      hashKey: seededHashKey(seed),
      clock,
      onFault,
    }),
  )
})
