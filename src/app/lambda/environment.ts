/**
 * lambda/environment: what a function reads from its environment, in one place.
 *
 * In: the variables that the deployment sets; the machine's clock and chance.
 * Out: checked values; a handler that opens what it needs at its first call and keeps it.
 * Invariant: nothing else under lambda/ reads the environment; a variable that is missing is named.
 */
import { randomBytes } from 'node:crypto'
import type { Entropy } from '../../parts/lake/port.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import type { AwsAccess } from '../../wings/aws/access.ts'
import { createLog, type Logger } from '../log.ts'

export interface LambdaEnvironment {
  readonly access: AwsAccess
  readonly clock: Clock
  readonly entropy: Entropy
  readonly log: Logger
  readonly onFault: (fault: unknown) => void
  /** @throws HEM_CONFIG_INVALID where it is not set */
  value(name: VariableName): string
  optional(name: VariableName): string | null
}

/** Set by the deployment, but for the region, which Lambda sets. */
const VARIABLES = [
  'AWS_REGION',
  'HEMLINE_STREAM',
  'HEMLINE_TABLE',
  'HEMLINE_LANDING_BUCKET',
  'HEMLINE_CLEAN_BUCKET',
  'HEMLINE_MART_BUCKET',
  'HEMLINE_MODEL_BUCKET',
  'HEMLINE_KEYS_SECRET',
  'HEMLINE_KEYS_SEED',
  'HEMLINE_TIME_ZONE',
  'HEMLINE_ATHENA_WORKGROUP',
  'HEMLINE_SHOPDB_HOST',
  'HEMLINE_SHOPDB_PORT',
  'HEMLINE_SHOPDB_NAME',
  'HEMLINE_SHOPDB_USER',
] as const
type VariableName = (typeof VARIABLES)[number]

/** What a function may write to: the only folder that Lambda gives it. */
export const SCRATCH_FOLDER = '/tmp/hemline'

function readEnvironment(): LambdaEnvironment {
  const log = createLog('info')
  const optional = (name: VariableName): string | null => process.env[name] ?? null
  const value = (name: VariableName): string => optional(name) ?? missing(name)
  return {
    access: { region: value('AWS_REGION'), random: Math.random },
    clock: { nowMs: () => Date.now() },
    entropy: randomBytes,
    log,
    onFault: (fault) => log.error({ err: fault }, 'a fault'),
    value,
    optional,
  }
}

function missing(name: string): never {
  throw new HemlineError('HEM_CONFIG_INVALID', {
    subject: name,
    expected: 'to be set by the deployment',
    got: 'nothing',
    remedy: 'deploy the stack again',
  })
}

/** Opened once for all calls of an environment; where opening fails, the next call tries again. */
export function opened<Input extends readonly unknown[], Answer>(
  open: (environment: LambdaEnvironment) => Promise<(...input: Input) => Promise<Answer>>,
): (...input: Input) => Promise<Answer> {
  let opening: ReturnType<typeof open> | null = null
  return async (...input) => {
    opening ??= open(readEnvironment())
    try {
      return await (
        await opening
      )(...input)
    } catch (error) {
      await opening.catch(() => (opening = null))
      throw error
    }
  }
}
