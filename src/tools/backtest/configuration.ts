/**
 * backtest/configuration: what a shop may run differently, as a file says it.
 *
 * In: one parsed JSON object.
 * Out: a configuration, with the defaults of the running shop for what it does not name.
 * Invariant: a name or value that nobody knows is refused with what was expected, never ignored.
 */
import { normaliseRule, type DayBounds } from '../../parts/event/rule-schema.ts'
import type { Placement } from '../../parts/event/placement.ts'
import type { Rule } from '../../parts/event/rule.ts'
import type { ModelOptions } from '../../parts/model/options.ts'
import { HemlineError } from '../../std/errors.ts'
import { isObject } from '../../std/object.ts'

/** Placements that need no product. */
const SHOWN = ['home', 'cart', 'trending', 'new_in'] as const satisfies readonly Placement[]
type Shown = (typeof SHOWN)[number]

export interface Configuration {
  /** What visitors see; a list of the whole shop shows what a slate of their own is worth. */
  readonly placement: Shown
  /** Products on the page, 1 to 50. */
  readonly limit: number
  /** Rules instead of the shop's own; null for those of the log. */
  readonly rules: readonly Rule[] | null
  readonly model: Partial<ModelOptions>
}

interface Kind {
  readonly expected: string
  readonly holds: (value: unknown) => boolean
}

const whole = (least: number, most: number): Kind => ({
  expected: `a whole number from ${least} to ${most}`,
  holds: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
})

const FIELDS: Readonly<Record<string, Kind>> = {
  placement: { expected: `one of ${SHOWN.join(', ')}`, holds: (value) => SHOWN.some((name) => name === value) },
  limit: whole(1, 50),
  rules: { expected: 'a list of rules as POST /v1/rules takes them', holds: Array.isArray },
  model: { expected: 'an object', holds: isObject },
}

const MODEL_FIELDS: Readonly<Record<string, Kind & { readonly option: keyof ModelOptions }>> = {
  max_events: { option: 'maxEvents', ...whole(16, 100_000_000) },
  max_visitors: { option: 'maxVisitors', ...whole(1, 10_000_000) },
  seed: { option: 'seed', ...whole(1, 2_147_483_647) },
  reminder_share: {
    option: 'reminderShare',
    expected: 'a number from 0 to 1',
    holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
  newcomers: { option: 'newcomers', expected: 'true or false', holds: (value) => typeof value === 'boolean' },
}

/**
 * @param source the file's name, for messages
 * @throws HEM_BACKTEST_CONFIG_INVALID, HEM_RULE_INVALID
 */
export function readConfiguration(wire: unknown, source: string, dayBounds: DayBounds): Configuration {
  if (!isObject(wire)) throw invalid(source, 'an object such as {"placement":"home"}', shown(wire))
  check(source, '', wire, FIELDS)
  const model = (wire['model'] ?? {}) as Readonly<Record<string, unknown>>
  check(source, 'model.', model, MODEL_FIELDS)
  const rules = wire['rules'] as readonly unknown[] | undefined
  return {
    placement: (wire['placement'] as Shown | undefined) ?? 'home',
    limit: (wire['limit'] as number | undefined) ?? 20,
    rules: rules === undefined ? null : rules.map((rule) => normaliseRule(rule, dayBounds)),
    model: Object.fromEntries(Object.entries(model).map(([name, value]) => [MODEL_FIELDS[name].option, value])),
  }
}

function check(
  source: string,
  prefix: string,
  fields: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, Kind>>,
): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(known, name)) {
      throw invalid(source, `fields ${Object.keys(known).join(', ')}`, `"${prefix}${name.slice(0, 64)}"`)
    }
    const kind = known[name]
    if (!kind.holds(value)) throw invalid(`${source}, field "${prefix}${name}"`, kind.expected, shown(value))
  }
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 64)
}

function invalid(subject: string, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_BACKTEST_CONFIG_INVALID', {
    subject,
    expected,
    got,
    remedy: 'correct it; docs/experiments.md lists what a configuration may say',
  })
}
