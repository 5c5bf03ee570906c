/**
 * cli/rules: `hemline rules list|add|remove|preview`.
 *
 * In: a rule by its parts, or the id of one.
 * Out: the rules of the shop; a page before and after a rule.
 * Invariant: the same checks as over HTTP, since the same code reads the rule.
 */
import { Argument, type Command } from 'commander'
import { RULE_ACTIONS, type Rule } from '../../parts/event/rule.ts'
import type { RulePreview } from '../../steps/respond/preview.ts'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, printTable } from './terminal.ts'

interface RuleFlags {
  readonly match: Readonly<Record<string, readonly string[]>>
  readonly placement?: readonly string[]
  readonly position?: string
  readonly strength?: string
  readonly from?: string
  readonly until?: string
  readonly id?: string
  readonly note?: string
  readonly json?: boolean
}

interface PreviewFlags extends RuleFlags {
  readonly on: string
  readonly visitor?: string
  readonly product?: string
  readonly limit: string
}

const MAX_MATCHES = 20

export function addRulesCommand(program: Command): void {
  const rules = program.command('rules').description('what is pinned, boosted, buried or excluded when a page is read')

  withDataFlag(rules.command('list'))
    .description('show all rules')
    .option('--json', 'print an array of rules')
    .action(async (flags: { json?: boolean }) => {
      const all = await ask<readonly Rule[]>(configOf(flags), 'rules-list', {})
      if (flags.json) printJson(all)
      else if (all.length === 0) print('No rules. "hemline rules add --help" shows how to make one.')
      else printRules(all)
    })

  ruleFlags(rules.command('add'))
    .description('make a rule, or replace the one with this --id; pages obey at once')
    .option('--json', 'print the rules that were made')
    .action(async (action: string, flags: RuleFlags) => {
      const { rules: made } = await ask<{ rules: readonly Rule[] }>(configOf(flags), 'rules-add', {
        rule: ruleOf(action, flags),
      })
      if (flags.json) printJson(made)
      else printRules(made)
    })

  withDataFlag(rules.command('remove'))
    .argument('<id>', 'id of the rule, as "rules list" shows it')
    .description('take a rule away; pages obey at once')
    .action(async (id: string, flags: object) => {
      await ask(configOf(flags), 'rules-remove', { id })
      print(`Rule ${id} is no more.`)
    })

  ruleFlags(rules.command('preview'))
    .description('show a page before and after a rule, without making it')
    .option('--on <placement>', 'placement to look at', 'home')
    .option('--visitor <id>', 'visitor whose page to look at (default: one nobody has seen)')
    .option('--product <id>', 'product of the page, for product and goes_with')
    .option('--limit <number>', 'products to show', '10')
    .option('--json', 'print both sides as JSON')
    .action(async (action: string, flags: PreviewFlags) => {
      const page = {
        placement: flags.on,
        visitor_id: flags.visitor ?? 'a stranger',
        limit: flags.limit,
        ...(flags.product === undefined ? {} : { product_id: flags.product }),
      }
      const preview = await ask<RulePreview>(configOf(flags), 'rules-preview', { rule: ruleOf(action, flags), page })
      if (flags.json) printJson(preview)
      else printPreview(preview)
    })
}

function ruleFlags(command: Command): Command {
  return withDataFlag(command)
    .addArgument(new Argument('<action>', 'what to do with the products that match').choices(RULE_ACTIONS))
    .requiredOption(
      '--match <field=value>',
      'field a product must have, as product_id=15970 or base_colour=Blue; again for more values or fields',
      collectMatch,
    )
    .option('--placement <name...>', 'where it applies (default: everywhere)')
    .option('--position <number>', 'place of a pin, 1 to 50 (default: 1)')
    .option('--strength <number>', "a boost divides a product's place by this, 1 to 100 (default: 3)")
    .option('--from <YYYY-MM-DD>', 'first shop date on which it applies')
    .option('--until <YYYY-MM-DD>', 'last shop date on which it applies')
    .option('--id <id>', 'name of the rule (default: made of its content)')
    .option('--note <text>', 'why it is there')
}

function collectMatch(text: string, before: RuleFlags['match'] = {}): RuleFlags['match'] {
  const equals = text.indexOf('=')
  const field = equals === -1 ? text : text.slice(0, equals)
  const value = equals === -1 ? '' : text.slice(equals + 1)
  const values = [...(Object.hasOwn(before, field) ? before[field] : []), value]
  return Object.keys(before).length < MAX_MATCHES ? { ...before, [field]: values } : before
}

/** As it is written over HTTP; what is wrong with it is told where it is read. */
function ruleOf(action: string, flags: RuleFlags): Record<string, unknown> {
  const { match, placement, position, strength, from, until, id, note } = flags
  return {
    action,
    match,
    placements: placement,
    position: position === undefined ? undefined : Number(position),
    strength: strength === undefined ? undefined : Number(strength),
    from,
    until,
    id,
    note,
  }
}

function printRules(rules: readonly Rule[]): void {
  printTable(
    ['id', 'action', 'match', 'where', 'from', 'until', 'note'],
    rules.map((rule) => [
      rule.id,
      rule.action +
        (rule.position === null ? '' : ` at ${rule.position}`) +
        (rule.strength === null ? '' : ` × ${rule.strength}`),
      Object.entries(rule.match)
        .map(([field, values]) => `${field}=${values.join('|')}`)
        .join(' '),
      rule.placements.length === 0 ? 'everywhere' : rule.placements.join(', '),
      rule.from,
      rule.until,
      rule.note,
    ]),
  )
}

function printPreview({ before, after, changes }: RulePreview): void {
  const names = (slates: RulePreview['before']) =>
    slates.flatMap((slate) => slate.items.map((item) => `${item.product_id} ${item.product_display_name}`))
  const [left, right] = [names(before), names(after)]
  const places = Array.from({ length: Math.max(left.length, right.length) }, (_, place) => place)
  printTable(
    ['place', 'before', 'after'],
    places.map((place) => [place + 1, left[place] ?? '', right[place] ?? '']),
  )
  if (!changes) print('\nThe rule changes nothing here.')
}
