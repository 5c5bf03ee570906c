/**
 * app/commands: what the command line can ask of a pipeline, in this process or in the one that owns the folder.
 *
 * In: a command's name and its argument.
 * Out: its result, as plain values.
 * Invariant: each command runs the same code wherever it is asked.
 */
import type { KeyRole } from '../parts/access/roles.ts'
import type { Pipeline } from './pipeline.ts'
import type { OnProgress } from './worker-calls.ts'

type Command = (pipeline: Pipeline, argument: never, onProgress: OnProgress) => Promise<unknown>

const COMMANDS = {
  'import-catalog': async () => Promise.reject(new Error('soon')),
  'import-events': async () => Promise.reject(new Error('soon')),
  nightly: async (pipeline, argument: { date: string | null; since: string | null }, onProgress) => {
    const shopdbUrl = await pipeline.shopdb.url()
    return pipeline.lake.call('nights', { shopdbUrl, ...argument }, onProgress)
  },
  sql: async (pipeline, argument: { sql: string }) => pipeline.sql.run(argument.sql),
  keys: async (pipeline, argument: { rotate: KeyRole | null }) => {
    const { keys } = pipeline
    const fresh = argument.rotate === null ? null : keys.rotate(argument.rotate)
    return keys.list().map(({ role, key }) => ({
      role,
      key: fresh?.role === role ? fresh.key : key,
      use: KEY_USES[role],
    }))
  },
} satisfies Record<string, Command>

const KEY_USES: Readonly<Record<KeyRole, string>> = {
  write: 'public: sends events',
  read: 'public: reads recommendations by visitor_id',
  server: 'secret: also reads by user_id, changes the catalogue',
  admin: 'secret: SQL, erasure',
}

export type CommandName = keyof typeof COMMANDS

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name)
}

export function runCommand(
  pipeline: Pipeline,
  name: CommandName,
  argument: unknown,
  onProgress: OnProgress,
): Promise<unknown> {
  const command: Command = COMMANDS[name]
  return command(pipeline, argument as never, onProgress)
}
