/**
 * app/config: every setting, read once, from one table.
 *
 * In: environment variables, and what the command line says.
 * Out: checked values that rooms receive as arguments.
 * Invariant: nothing else in the code base reads the environment.
 */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { resolve } from 'node:path'
import { parseMapping, type ShopMapping } from '../parts/shopdb/schema.ts'
import { HemlineError } from '../std/errors.ts'

interface Option<Value> {
  readonly environment: string
  readonly fallback: () => Value
  readonly parse: (text: string) => Value | null
  readonly expected: string
  readonly help: string
}

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number | null => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : null
  }

function timeZone(text: string): string | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text }).format(0)
    return text
  } catch {
    return null
  }
}

function readMapping(path: string): ShopMapping | null {
  try {
    return parseMapping(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

const LAKE_LEAST_MB = 128
const LAKE_MOST_MB = 2048
const LAKE_SHARE = 1 / 32

/** A part of the memory of the machine, or of the container. */
function lakeShare(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity)
  return Math.min(LAKE_MOST_MB, Math.max(LAKE_LEAST_MB, Math.floor((LAKE_SHARE * bytes) / 2 ** 20)))
}

const nonEmpty = (text: string): string | null => (text === '' ? null : text)

const OPTIONS = {
  port: {
    environment: 'HEMLINE_PORT',
    fallback: () => 8787,
    parse: wholeNumber(0, 65_535),
    expected: 'a port from 0 to 65535 (0: any free one)',
    help: 'port of the HTTP server',
  } satisfies Option<number>,
  host: {
    environment: 'HEMLINE_HOST',
    fallback: () => '127.0.0.1',
    parse: nonEmpty,
    expected: 'an address of this machine',
    help: 'address the HTTP server listens on',
  } satisfies Option<string>,
  pgPort: {
    environment: 'HEMLINE_PG_PORT',
    fallback: () => null,
    parse: wholeNumber(0, 65_535),
    expected: 'a port from 0 to 65535 (0: any free one)',
    help: 'port of the PostgreSQL protocol, for psql and BI tools; without it none is opened',
  } satisfies Option<number | null>,
  dataFolder: {
    environment: 'HEMLINE_DATA',
    fallback: () => resolve('hemline-data'),
    parse: (text) => (text === '' ? null : resolve(text)),
    expected: 'a folder',
    help: 'folder that holds everything: stream, serving store, lake, keys',
  } satisfies Option<string>,
  timeZone: {
    environment: 'HEMLINE_TIME_ZONE',
    fallback: () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    parse: timeZone,
    expected: 'an IANA time zone such as Europe/Berlin',
    help: "the shop's time zone; its day ends at midnight there",
  } satisfies Option<string>,
  deliverSeconds: {
    environment: 'HEMLINE_DELIVER_SECONDS',
    fallback: () => 30,
    parse: wholeNumber(1, 3600),
    expected: 'whole seconds from 1 to 3600',
    help: 'how often new events go to the lake',
  } satisfies Option<number>,
  streamDays: {
    environment: 'HEMLINE_STREAM_DAYS',
    fallback: () => 30,
    parse: wholeNumber(1, 36_500),
    expected: 'whole days from 1 to 36500',
    help: 'how long the stream keeps events that are in the lake and learned from',
  } satisfies Option<number>,
  streamGigabytes: {
    environment: 'HEMLINE_STREAM_GB',
    fallback: () => 16,
    parse: wholeNumber(1, 10_000),
    expected: 'whole gigabytes from 1 to 10000',
    help: 'how large the stream may grow before its oldest events go sooner',
  } satisfies Option<number>,
  lakeMegabytes: {
    environment: 'HEMLINE_LAKE_MB',
    fallback: lakeShare,
    parse: wholeNumber(128, 1_000_000),
    expected: 'whole megabytes from 128 to 1000000',
    help: 'memory DuckDB may use for the lake: more makes the nights of a large shop faster',
  } satisfies Option<number>,
  shopdbUrl: {
    environment: 'HEMLINE_SHOPDB_URL',
    fallback: () => null,
    parse: (text) => (/^postgres(ql)?:\/\//.test(text) ? text : null),
    expected: 'postgres://user:password@host:port/database',
    help: "the shop's PostgreSQL; without it a small one of our own, for the demo",
  } satisfies Option<string | null>,
  shopdbMapping: {
    environment: 'HEMLINE_SHOPDB_MAPPING',
    fallback: () => null,
    parse: readMapping,
    expected: 'a JSON file {"schema","tables","columns"} that gives the shop\'s own names',
    help: "file that says how the shop's database names its schema, tables and columns where they differ from ours",
  } satisfies Option<ShopMapping | null>,
  alertUrl: {
    environment: 'HEMLINE_ALERT_URL',
    fallback: () => null,
    parse: (text) => (/^https?:\/\//.test(text) && URL.canParse(text) ? text : null),
    expected: 'http:// or https:// and the rest of an address',
    help: 'webhook that is told when the night has failed three times in a row, and when it is well again',
  } satisfies Option<string | null>,
  experimentFile: {
    environment: 'HEMLINE_EXPERIMENT',
    fallback: () => null,
    parse: (text) => (text === '' ? null : resolve(text)),
    expected: 'a file',
    help: 'file of an experiment: who sees what, docs/experiments.md',
  } satisfies Option<string | null>,
  logLevel: {
    environment: 'HEMLINE_LOG_LEVEL',
    fallback: () => 'info',
    parse: (text) => (['debug', 'info', 'warn', 'error', 'silent'].includes(text) ? text : null),
    expected: 'debug, info, warn, error or silent',
    help: 'how much the log says',
  } satisfies Option<string>,
} as const

export interface Config {
  readonly port: number
  readonly host: string
  readonly pgPort: number | null
  readonly dataFolder: string
  readonly timeZone: string
  readonly deliverSeconds: number
  readonly streamDays: number
  readonly streamGigabytes: number
  readonly lakeMegabytes: number
  readonly shopdbUrl: string | null
  readonly shopdbMapping: ShopMapping | null
  readonly alertUrl: string | null
  readonly experimentFile: string | null
  readonly logLevel: string
}

export type ConfigText = Partial<Record<keyof Config, string | undefined>>

/**
 * @param given what the command line said, as text; it wins over the environment
 * @throws HEM_CONFIG_INVALID
 */
export function readConfig(given: ConfigText, environment: NodeJS.ProcessEnv = process.env): Config {
  const config: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(OPTIONS)) {
    const text = given[name as keyof Config] ?? environment[option.environment]
    config[name] = text === undefined ? option.fallback() : parsed(option, text)
  }
  return config as unknown as Config
}

function parsed(option: Option<unknown>, text: string): unknown {
  const value = option.parse(text)
  if (value !== null) return value
  throw new HemlineError('HEM_CONFIG_INVALID', {
    subject: option.environment,
    expected: option.expected,
    got: `"${text}"`,
    remedy: `correct it (${option.help})`,
  })
}

/** Help text for every setting, one line each. */
export function configHelp(): string {
  const width = Math.max(...Object.values(OPTIONS).map((option) => option.environment.length))
  return Object.values(OPTIONS)
    .map((option) => `  ${option.environment.padEnd(width)}  ${option.help}`)
    .join('\n')
}
