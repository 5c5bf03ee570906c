/**
 * cli/report: `hemline report --week`, `hemline audience` and `hemline slates`.
 *
 * In: a week; a value that draws people, and who of them is wanted.
 * Out: one page of HTML; pseudonyms, addresses or products as a table, CSV or JSON.
 * Invariant: standard output holds the result alone; what is worth knowing of it goes to standard error.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { HemlineError } from '../../std/errors.ts'
import type { WeeklyReport } from '../../steps/report/weekly-report.ts'
import type { MemberSlate } from '../audience-export.ts'
import type { AudienceAnswer, AudienceArgument } from '../commands.ts'
import { ask } from './ask.ts'
import { csvOf } from './csv.ts'
import { wholeNumberFlag, wrongFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, printTable } from './terminal.ts'

const SHOWN = 20
const PRODUCTS = { fallback: '4', most: 20 }
/** A mailing to more is made in SQL. */
const AUDIENCE_MOST = 1_000_000

export function addReportCommands(program: Command): void {
  withDataFlag(program.command('report'))
    .description('the week on one page: what sold, what rises, whom to address, what to do on Monday')
    .option('--week [date]', 'the week that holds this date (default: the newest whole one)')
    .option('--out <file>', 'write the HTML to this file (default: report-<monday>.html; "-" for standard output)')
    .option('--shop <name>', 'what to call the shop on the page')
    .action(async (flags: { week?: string | true; out?: string; shop?: string }) => {
      const date = typeof flags.week === 'string' ? flags.week : null
      const argument = { date, shop: flags.shop ?? null }
      const report = await ask<WeeklyReport>(configOf(flags), 'report', argument)
      if (flags.out === '-') return print(report.html)
      const path = resolve(flags.out ?? `report-${report.first}.html`)
      writeReport(path, report.html)
      print(`The week of ${report.first} to ${report.last} is in ${path}; it opens in any browser and prints on A4.`)
    })

  withAudienceFlags(withDataFlag(program.command('audience')))
    .description('the people a value draws, as pseudonyms of the shop')
    .option('--with-email', "join addresses from the shop's database; only of people who agreed")
    .action(async (flags: AudienceFlags) => {
      const answer = await ask<AudienceAnswer>(configOf(flags), 'audience', audienceArgument(flags))
      tellState(answer)
      if (flags.json) return printJson(answer)
      const columns = [
        'user_id',
        ...(flags.withEmail ? ['email'] : []),
        'why',
        'consent',
        'last_order_date',
        'clv',
        'currency',
      ]
      const rows = answer.members.map((member) => columns.map((name) => member[name as keyof typeof member] ?? null))
      printRows(columns, rows, flags)
    })

  withAudienceFlags(withDataFlag(program.command('slates')))
    .description("each person's own products, for a newsletter")
    .option('--with-email', "join addresses from the shop's database; only of people who agreed")
    .option('--products <number>', `products of each person, 1 to ${PRODUCTS.most}`, PRODUCTS.fallback)
    .addOption(new Option('--language <code>', 'language of the reasons').choices(['en', 'vi']).default('en'))
    .action(async (flags: AudienceFlags & { readonly products: string; readonly language: string }) => {
      const products = wholeNumberFlag('--products', flags.products, { least: 1, most: PRODUCTS.most })
      const argument = { ...audienceArgument(flags), products, locale: flags.language }
      const answer = await ask<AudienceAnswer & { readonly slates: readonly MemberSlate[] }>(
        configOf(flags),
        'slates',
        argument,
      )
      tellState(answer)
      if (flags.json) return printJson(answer.slates)
      const ofProduct = ['product_id', 'name', 'price', 'currency', 'url', 'reason'] as const
      const places = Array.from({ length: products }, (_, nth) => nth)
      const columns = [
        'user_id',
        ...(flags.withEmail ? ['email'] : []),
        ...places.flatMap((nth) => ofProduct.map((field) => `product_${nth + 1}_${field.replace('product_', '')}`)),
      ]
      const rows = answer.slates.map((slate) => [
        slate.user_id,
        ...(flags.withEmail ? [slate.email] : []),
        ...places.flatMap((nth) => ofProduct.map((field) => slate.products[nth]?.[field] ?? null)),
      ])
      printRows(columns, rows, flags)
    })
}

interface AudienceFlags {
  readonly rising?: string
  readonly audience?: string
  readonly consented?: boolean
  readonly notBoughtDays?: string
  readonly limit: string
  readonly withEmail?: boolean
  readonly csv?: boolean
  readonly json?: boolean
}

function withAudienceFlags(command: Command): Command {
  return command
    .option('--rising <dimension=value>', 'whom this value draws, such as base_colour=Red; says whether it rises')
    .option('--audience <dimension=value>', 'the same')
    .option('--consented', 'only who agreed to be written to')
    .option('--not-bought-days <number>', 'only who has not ordered for so many days')
    .option('--limit <number>', 'at most so many people, who lean to it most', String(AUDIENCE_MOST))
    .option('--csv', 'print CSV')
    .option('--json', 'print JSON')
}

function audienceArgument(flags: AudienceFlags): AudienceArgument {
  const campaign = flags.rising ?? flags.audience
  if (campaign === undefined || !/^\w+=./u.test(campaign)) {
    throw wrongFlag('--rising', 'dimension=value, such as base_colour=Red', campaign ?? '')
  }
  const { notBoughtDays, withEmail = false } = flags
  return {
    campaign,
    consented: flags.consented === true || withEmail,
    notBoughtDays:
      notBoughtDays === undefined ? null : wholeNumberFlag('--not-bought-days', notBoughtDays, { most: 3660 }),
    limit: wholeNumberFlag('--limit', flags.limit, { least: 1, most: AUDIENCE_MOST }),
    withEmail,
  }
}

function tellState({ campaign, state, ratio, members }: AudienceAnswer): void {
  const moves =
    state === null || ratio === null
      ? 'not on the leaderboard'
      : `${state}, ${ratio.toFixed(2)} times what was expected`
  const people = members.length === 1 ? '1 person' : `${members.length.toLocaleString('en')} people`
  process.stderr.write(`${campaign} is ${moves}; ${people}.\n`)
}

type Cell = string | number | null

function printRows(columns: readonly string[], rows: readonly (readonly Cell[])[], flags: AudienceFlags): void {
  if (flags.csv) return print(csvOf(columns, rows))
  printTable(columns, rows.slice(0, SHOWN))
  if (rows.length > SHOWN) print(`… and ${(rows.length - SHOWN).toLocaleString('en')} more; --csv prints all`)
}

function writeReport(path: string, html: string): void {
  try {
    writeFileSync(path, html)
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNWRITABLE', {
      subject: path,
      expected: 'a file that can be written',
      got: 'none',
      remedy: 'name another file with --out',
      cause,
    })
  }
}
