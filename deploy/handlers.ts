/**
 * deploy/handlers: every Lambda function there is, in one list.
 *
 * In: nothing; these are definitions.
 * Out: names, files, sizes and time limits; the environment that the functions read.
 * Invariant: a handler is `handler`, exported by src/app/lambda/<name>.ts.
 */
import { join } from 'node:path'

export interface HandlerDefinition {
  /** What it does, one sentence. */
  readonly does: string
  /** At most 3,008, which is all that a new account may ask for; `--size large` doubles it. */
  readonly memoryMb: number
  readonly timeoutSeconds: number
  /** Whether it opens DuckDB, which is native code: bundled apart, on x86_64, with its library beside it. */
  readonly usesDuckdb?: boolean
  /** Disk for files on their way; half a gigabyte where left out. */
  readonly scratchGib?: number
  /** Whether it reaches the shop's database, from within the VPC. */
  readonly inVpc?: boolean
}

export const HANDLERS = {
  collect: { does: 'takes events and products in and puts them on the stream', memoryMb: 512, timeoutSeconds: 10 },
  recommend: { does: 'follows the stream and stores a list for each visitor', memoryMb: 2048, timeoutSeconds: 120 },
  learn: { does: 'teaches the model every five minutes and publishes it', memoryMb: 3008, timeoutSeconds: 840 },
  respond: { does: 'answers the website from stored lists', memoryMb: 512, timeoutSeconds: 10 },
  deliver: { does: 'turns records into lines as Firehose takes them to S3', memoryMb: 512, timeoutSeconds: 120 },
  land: {
    does: 'commits what Firehose brought to landing, and cleans it',
    memoryMb: 2048,
    timeoutSeconds: 600,
    usesDuckdb: true,
    scratchGib: 4,
  },
  extract: {
    does: "copies the shop's day at 00:01 shop time",
    memoryMb: 2048,
    timeoutSeconds: 840,
    scratchGib: 4,
    inVpc: true,
  },
  refine: {
    does: 'reconciles and cleans the night and builds the marts',
    memoryMb: 3008,
    timeoutSeconds: 840,
    usesDuckdb: true,
    scratchGib: 4,
  },
  forecast: { does: 'looks weeks ahead', memoryMb: 3008, timeoutSeconds: 840, usesDuckdb: true, scratchGib: 4 },
  forget: {
    does: 'erases a person from the serving table, the model and the lake',
    memoryMb: 2048,
    timeoutSeconds: 840,
    usesDuckdb: true,
    scratchGib: 4,
  },
  shop: {
    does: "writes the storefront's orders to the shop's database",
    memoryMb: 512,
    timeoutSeconds: 15,
    inVpc: true,
  },
  logins: {
    does: "makes the users of the shop's database; called once, by hand",
    memoryMb: 512,
    timeoutSeconds: 30,
    inVpc: true,
  },
} as const satisfies Record<string, HandlerDefinition>

export type HandlerName = keyof typeof HANDLERS

export const HANDLER_NAMES = Object.keys(HANDLERS) as HandlerName[]

export function handlerFile(name: HandlerName): string {
  return join(import.meta.dirname, '..', 'src', 'app', 'lambda', `${name}.ts`)
}

/** What the functions read from their environment. Names of things, and of no secret but where it is kept. */
export interface HandlerEnvironment {
  readonly HEMLINE_STREAM: string
  readonly HEMLINE_TABLE: string
  readonly HEMLINE_LANDING_BUCKET: string
  readonly HEMLINE_CLEAN_BUCKET: string
  readonly HEMLINE_MART_BUCKET: string
  readonly HEMLINE_MODEL_BUCKET: string
  /** Secret in Secrets Manager that the API keys are in. */
  readonly HEMLINE_KEYS_SECRET: string
  readonly HEMLINE_TIME_ZONE: string
  readonly HEMLINE_ATHENA_WORKGROUP: string
}
