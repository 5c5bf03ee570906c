/**
 * app/command-routes: lets the command line ask the process that owns the folder.
 *
 * In: a command's name and argument, with the owner's token.
 * Out: lines of JSON: progress, then the result or the failure.
 * Invariant: the token is in a file that only the owner's user can read.
 */
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { problemResponse } from '../std/problem.ts'
import { isCommandName, runCommand } from './commands.ts'
import type { Pipeline } from './pipeline.ts'
import { failureOf } from './worker-calls.ts'

export function commandRoutes(pipeline: Pipeline, requireToken: (request: Request) => void): Hono {
  const app = new Hono()
  app.post('/v1/commands/:name', async (c) => {
    requireToken(c.req.raw)
    const name = c.req.param('name')
    if (!isCommandName(name)) return c.notFound()
    const argument: unknown = await c.req.json()
    return stream(c, async (body) => {
      const send = (line: unknown) => body.write(`${JSON.stringify(line)}\n`)
      try {
        const result = await runCommand(pipeline, name, argument, (progress) => void send({ progress }))
        await send({ result })
      } catch (error) {
        await send({ failure: failureOf(error) })
      }
    })
  })
  app.onError((error) => problemResponse(error))
  return app
}
