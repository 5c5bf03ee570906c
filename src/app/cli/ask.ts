/**
 * cli/ask: runs a command in the process that owns the data folder.
 *
 * In: a command's name and its arguments.
 * Out: its result, with progress on the way; faults with their code.
 * Invariant: two processes never write to one folder: either the owner is asked, or its lock is taken.
 */
import type { CommandName } from '../commands.ts'
import type { Config } from '../config.ts'
import { findOwner, type ServerAddress } from '../data-folder.ts'
import { errorOf, type Failure, type OnProgress, type Progress } from '../worker-calls.ts'
import { progressBar } from './terminal.ts'

type Line = { readonly progress: Progress } | { readonly result: unknown } | { readonly failure: Failure }

export async function ask<Result>(config: Config, name: CommandName, argument: unknown): Promise<Result> {
  const bar = progressBar()
  try {
    const owner = await findOwner(config.dataFolder)
    const result = owner
      ? await askOwner(owner, { name, argument }, bar.onProgress)
      : await runAlone(config, { name, argument }, bar.onProgress)
    return result as Result
  } finally {
    bar.finish()
  }
}

interface Command {
  readonly name: CommandName
  readonly argument: unknown
}

async function runAlone(config: Config, command: Command, onProgress: OnProgress): Promise<unknown> {
  // Loaded only here: asking the owner needs none of it, and it takes a second.
  const [{ runCommand }, { openPipeline }] = await Promise.all([import('../commands.ts'), import('../pipeline.ts')])
  const pipeline = await openPipeline({ ...config, logLevel: 'warn' }, { demoKey: false })
  const { freshAdminKey } = pipeline.keys
  if (freshAdminKey !== null) process.stderr.write(`admin key, shown once: ${freshAdminKey}\n`)
  try {
    return await runCommand(pipeline, command.name, command.argument, onProgress)
  } finally {
    await pipeline.stop()
  }
}

async function askOwner(owner: ServerAddress, command: Command, onProgress: OnProgress): Promise<unknown> {
  const response = await fetch(`${owner.url}/v1/commands/${command.name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(command.argument),
  })
  if (!response.ok || response.body === null) throw new Error(`the running Hemline answered ${response.status}`)
  for await (const line of linesOf(response.body)) {
    const message = JSON.parse(line) as Line
    if ('progress' in message) onProgress(message.progress)
    else if ('failure' in message) throw errorOf(message.failure)
    else return message.result
  }
  throw new Error('the running Hemline stopped before it answered')
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield line
  }
}
