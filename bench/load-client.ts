/**
 * load-client: what the benches that load a whole server share.
 *
 * In: an address, a call; a process id; a seed.
 * Out: the text of the answer; processor time; the same random numbers on every run.
 * Invariant: plain node:http, since the client's own cost is part of the figure, and fetch costs several times more.
 */
import { readFileSync } from 'node:fs'
import { request, type Agent } from 'node:http'

export interface LoadCall {
  readonly method: string
  readonly path: string
  readonly key: string
  readonly body?: unknown
}

/** @throws for an answer of 300 or more */
export function send(agent: Agent, url: string, { method, path, key, body }: LoadCall): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const outgoing = request(`${url}${path}`, { method, headers, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () =>
        response.statusCode !== undefined && response.statusCode < 300
          ? resolve(text)
          : reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`)),
      )
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // A server may close an idle connection just as it is used again.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(send(agent, url, { method, path, key, body }))
      else reject(error)
    })
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Processor time of a process and of its first thread, ms, from Linux's own accounts. */
export function cpuMs(pid: number): { readonly mainThread: number; readonly process: number } {
  const MS_PER_TICK = 10
  const msOf = (path: string): number => {
    // The command's name, in parentheses, may hold spaces.
    const fields = readFileSync(path, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
  }
  return { mainThread: msOf(`/proc/${pid}/task/${pid}/stat`), process: msOf(`/proc/${pid}/stat`) }
}

/** Numbers from 0 to 1. */
export function xorshift(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
