/**
 * app/commands: what the command line can ask of a pipeline, in this process or in the one that owns the folder.
 *
 * In: a command's name and its argument.
 * Out: its result, as plain values.
 * Invariant: each command runs the same code wherever it is asked.
 */
import { importCatalog } from '../steps/collect/imports/import-catalog.ts'
import { importEvents, type ImportError, type ImportFormat } from '../steps/collect/imports/import-events.ts'
import { previewRule } from '../steps/respond/preview.ts'
import { pageRequest } from '../steps/respond/recommendations.ts'
import type { DeadLetter, Replayed } from '../steps/deliver/dead-letters.ts'
import type { Audience, AudienceMember, AudienceRequest } from '../steps/report/audience.ts'
import type { WeeklyReport } from '../steps/report/weekly-report.ts'
import type { KeyRole } from '../parts/access/roles.ts'
import { reportExperiment } from '../tools/experiment/experiment-report.ts'
import { postgresShopDatabase } from '../wings/embedded/shopdb/postgres.ts'
import { slatesOf, withAddresses } from './audience-export.ts'
import { receiptOf, type PersonNamed } from './erasures.ts'
import type { Pipeline } from './pipeline.ts'
import { verifyReport } from './verify-report.ts'
import type { OnProgress } from './worker-calls.ts'
import type { LakeVerification, Repair } from './workers/repair.ts'

type Command = (pipeline: Pipeline, argument: never, onProgress: OnProgress) => Promise<unknown>

const COMMANDS = {
  'import-catalog': async (pipeline, argument: { path: string; images: boolean }, onProgress) => {
    const counts = await importCatalog({
      path: argument.path,
      collector: pipeline.collector,
      productOf: pipeline.serving.product,
      images: argument.images,
      onProgress: (done, total) => onProgress({ label: 'products', done, total }),
    })
    if (counts.last !== null) await pipeline.untilServed(counts.last)
    return { ...counts, text: importText('products', counts) }
  },
  'import-events': async (pipeline, argument: { path: string; format: ImportFormat }, onProgress) => {
    const counts = await importEvents({
      path: argument.path,
      format: argument.format,
      collector: pipeline.collector,
      onProgress: (done, total) => onProgress({ label: 'events', done, total }),
    })
    await pipeline.lake.call('deliver', null, onProgress)
    return { ...counts, text: importText('events', counts) }
  },
  nightly: (pipeline, argument: WantedNights, onProgress) => runNights(pipeline, argument, onProgress),
  forecast: async (pipeline, _: null, onProgress) => pipeline.lake.call('forecast', null, onProgress),
  verify: async (pipeline, _: null, onProgress) => {
    const found = await pipeline.lake.call<LakeVerification>('verify', null, onProgress)
    return verifyReport({ ...found, ledger: pipeline.collector.ledger() })
  },
  repair: async (pipeline, _: null, onProgress) => {
    const { done, nights } = await pipeline.lake.call<Repair>('repair', null, onProgress)
    if (nights === null) return done
    const wanted = { date: null, since: nights.since, despiteChecks: false }
    const { text } = await runNights(pipeline, wanted, onProgress)
    return [...done, text]
  },
  forget: async ({ erasures }, argument: PersonNamed, onProgress) =>
    receiptOf(await erasures.forget(argument, onProgress)),
  'forget-preview': async ({ erasures }, argument: PersonNamed, onProgress) => erasures.preview(argument, onProgress),
  readmit: async ({ erasures }, { userId }: { userId: string }) => receiptOf(erasures.readmit(userId)),
  'stage-backup': async ({ recommend, lake, clock }) => {
    const madeAt = new Date(clock.nowMs()).toISOString()
    // Spares the restored folder a replay; a shop too busy for one does without.
    await recommend.call('save-base', null)
    return { folder: await lake.call<string>('stage-backup', null), madeAt }
  },
  'dead-letters': async (pipeline, argument: { sequence: string | null }) =>
    pipeline.lake.call<readonly DeadLetter[]>('dead-letters', argument),
  'dead-letter-replay': async (pipeline, argument: { sequence: string | null; corrected: string | null }) => {
    // What is pending comes first, so that a letter of the newest records is there to be replayed.
    await pipeline.lake.call('deliver', null)
    return pipeline.lake.call<readonly Replayed[]>('dead-letter-replay', argument)
  },
  experiment: async (pipeline, argument: { name: string; since: string | null; base: string | null }) =>
    reportExperiment({ ...argument, runSql: pipeline.sql.run }),
  report: async (pipeline, argument: { date: string | null; shop: string | null }) =>
    pipeline.lake.call<WeeklyReport>('report', argument),
  audience: async (pipeline, argument: AudienceArgument) => audienceOf(pipeline, argument),
  slates: async (pipeline, argument: AudienceArgument & { products: number; locale: string }) => {
    const answer = await audienceOf(pipeline, argument)
    const { products, locale } = argument
    const slates = slatesOf(answer.members, pipeline.serving, { products, locale, nowMs: pipeline.clock.nowMs() })
    return { ...answer, slates }
  },
  sql: async (pipeline, argument: { sql: string }) => pipeline.sql.run(argument.sql),
  'rules-list': async (pipeline) => pipeline.serving.rules(),
  'rules-add': async (pipeline, argument: { rule: unknown }) => pipeline.rules.put([argument.rule]),
  'rules-remove': async (pipeline, argument: { id: string }) => pipeline.rules.remove(argument.id),
  'rules-preview': async (pipeline, argument: { rule: unknown; page: Readonly<Record<string, string>> }) => {
    const { serving, clock, rules } = pipeline
    const request = pageRequest(serving, new Map(Object.entries(argument.page)), null)
    return previewRule(serving, { rule: rules.read(argument.rule), request, nowMs: clock.nowMs() })
  },
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
  server: 'secret: also reads by user_id, changes the catalogue and the rules',
  admin: 'secret: SQL, erasure',
}

export interface AudienceArgument extends AudienceRequest {
  /** Joins addresses, of those who agreed alone. */
  readonly withEmail: boolean
}

export interface AudienceAnswer extends Omit<Audience, 'members'> {
  readonly members: readonly (AudienceMember & { readonly email?: string | null })[]
}

async function audienceOf(pipeline: Pipeline, argument: AudienceArgument): Promise<AudienceAnswer> {
  const audience = await pipeline.lake.call<Audience>('audience', argument)
  if (!argument.withEmail) return audience
  const { timeZone } = pipeline.config
  const shop = postgresShopDatabase({ url: await pipeline.shopdb.url(), timeZone })
  return { ...audience, members: await withAddresses(audience, shop) }
}

interface WantedNights {
  readonly date: string | null
  readonly since: string | null
  readonly despiteChecks: boolean
}

async function runNights(
  pipeline: Pipeline,
  wanted: WantedNights,
  onProgress: OnProgress,
): Promise<{ readonly text: string }> {
  const shopdbUrl = await pipeline.shopdb.url()
  const { shopdbMapping } = pipeline.config
  return pipeline.lake.call('nights', { shopdbUrl, shopdbMapping, expectsUsualDay: false, ...wanted }, onProgress)
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

interface ImportCounts {
  readonly rows: number
  readonly stored: number
  readonly duplicates?: number
  readonly rejected: number
  readonly products?: number
  readonly errors: readonly ImportError[]
}

const SHOWN_ERRORS = 5

/** What came in and what became of it, in words. */
function importText(what: string, counts: ImportCounts): string {
  const { rows, stored, duplicates = 0, rejected, products = 0, errors } = counts
  const number = (value: number) => value.toLocaleString('en')
  const lines = [
    `${number(rows)} rows read: ${number(stored)} ${what} stored, ${number(duplicates)} known already, ${number(rejected)} refused.`,
  ]
  if (products > 0) lines.push(`${number(products)} products were made from the rows, since the catalogue lacked them.`)
  for (const { line, message } of errors.slice(0, SHOWN_ERRORS)) lines.push(`  line ${number(line)}: ${message}`)
  if (rejected > SHOWN_ERRORS) lines.push(`  … and more; all are in landing.quarantine`)
  return lines.join('\n')
}
