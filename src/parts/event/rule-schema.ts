/**
 * event/rule-schema: a merchandiser's rule as it is written, made into a `Rule`.
 *
 * In: one parsed JSON object, and which instants a shop date covers.
 * Out: the rule; an id made of its content where it names none, so that the same rule put twice is one.
 * Invariant: a field, an action or a placement that nobody knows is refused with what was expected, never ignored.
 */
import { createHash } from 'node:crypto'
import { HemlineError } from '../../std/errors.ts'
import { PLACEMENTS } from './placement.ts'
import { ATTRIBUTE_PREFIX, RULE_ACTIONS, RULE_FIELDS, ruleValue, type Rule, type RulePlacement } from './rule.ts'
import { formatTime } from './time.ts'

const FIELDS = ['id', 'action', 'match', 'placements', 'position', 'strength', 'from', 'until', 'note'] as const
const RULE_PLACEMENTS: readonly RulePlacement[] = [...PLACEMENTS, 'rank']
const MAX_VALUES = 100
const MAX_VALUE_CHARACTERS = 256
const MAX_MATCH_CHARACTERS = 8 * 1024
const MAX_NOTE_CHARACTERS = 200
const MAX_POSITION = 50
const MAX_STRENGTH = 100
const DEFAULT_STRENGTH = 3
const ID_CHARACTERS = 12

/** The instants of a shop date, epoch ms; `endMs` is the first that is no longer part of it. */
export type DayBounds = (shopDate: string) => { readonly startMs: number; readonly endMs: number }

/** @throws HEM_RULE_INVALID */
export function normaliseRule(wire: unknown, dayBounds: DayBounds): Rule {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) {
    throw invalid('the rule', 'an object such as {"action":"boost","match":{"article_type":"Dresses"}}', shown(wire))
  }
  const fields = wire as Readonly<Record<string, unknown>>
  for (const name of Object.keys(fields)) {
    if (!FIELDS.some((field) => field === name)) throw invalid(`field "${clipped(name)}"`, one(FIELDS), 'another name')
  }
  const action = choiceOf('action', fields['action'], RULE_ACTIONS)
  const from = dateOf('from', fields['from'])
  const until = dateOf('until', fields['until'])
  if (from !== null && until !== null && from > until) throw invalid('until', `${from} or a later date`, until)
  const content = {
    action,
    match: matchOf(fields['match']),
    placements: placementsOf(fields['placements']),
    position:
      action === 'pin' ? numberOf('position', fields['position'] ?? 1, { most: MAX_POSITION, whole: true }) : null,
    strength:
      action === 'boost'
        ? numberOf('strength', fields['strength'] ?? DEFAULT_STRENGTH, { most: MAX_STRENGTH, whole: false })
        : null,
    from,
    until,
  }
  if (action !== 'pin' && given(fields['position'])) throw invalid('position', `none for ${action}`, 'one')
  if (action !== 'boost' && given(fields['strength'])) throw invalid('strength', `none for ${action}`, 'one')
  return {
    id:
      idOf(fields['id']) ?? createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, ID_CHARACTERS),
    ...content,
    starts_at: from === null ? null : formatTime(dayBounds(from).startMs),
    ends_at: until === null ? null : formatTime(dayBounds(until).endMs),
    note: noteOf(fields['note']),
  }
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null
}

function matchOf(wire: unknown): Rule['match'] {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire) || Object.keys(wire).length === 0) {
    throw invalid('match', 'at least one field, such as {"product_id":"15970"}', shown(wire))
  }
  const match: [string, readonly string[]][] = []
  for (const [field, value] of Object.entries(wire)) {
    const isAttribute = field.startsWith(ATTRIBUTE_PREFIX) && field.length > ATTRIBUTE_PREFIX.length
    if (!isAttribute && !RULE_FIELDS.some((name) => name === field)) {
      throw invalid(`match field "${clipped(field)}"`, `${one(RULE_FIELDS)} or attributes.<name>`, 'another name')
    }
    match.push([field, valuesOf(field, value)])
  }
  match.sort(([a], [b]) => (a < b ? -1 : 1))
  if (JSON.stringify(match).length > MAX_MATCH_CHARACTERS) {
    throw invalid('match', `at most ${MAX_MATCH_CHARACTERS} characters of JSON`, 'more')
  }
  return Object.fromEntries(match)
}

function valuesOf(field: string, value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values.length === 0 || values.length > MAX_VALUES) {
    throw invalid(`match field "${field}"`, `1 to ${MAX_VALUES} values`, `${values.length}`)
  }
  return values.map((entry) => {
    const text = typeof entry === 'number' ? String(entry) : entry
    if (typeof text !== 'string' || text.trim() === '' || text.length > MAX_VALUE_CHARACTERS) {
      throw invalid(`match field "${field}"`, `a text of 1 to ${MAX_VALUE_CHARACTERS} characters`, shown(entry))
    }
    return ruleValue(field, text.trim())
  })
}

function placementsOf(wire: unknown): readonly RulePlacement[] {
  if (!given(wire)) return []
  const names: readonly unknown[] = Array.isArray(wire) ? wire : [wire]
  return [...new Set(names.map((name) => choiceOf('placements', name, RULE_PLACEMENTS)))]
}

function choiceOf<Choice extends string>(name: string, value: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((word) => word === value)
  if (choice === undefined) throw invalid(name, one(choices), shown(value))
  return choice
}

function numberOf(name: string, value: unknown, range: { readonly most: number; readonly whole: boolean }): number {
  const isFit = typeof value === 'number' && value >= 1 && value <= range.most
  if (isFit && (!range.whole || Number.isInteger(value))) return value
  throw invalid(name, `a ${range.whole ? 'whole ' : ''}number from 1 to ${range.most}`, shown(value))
}

/** A date that every calendar has, as "2026-11-27". */
function dateOf(name: string, value: unknown): string | null {
  if (!given(value)) return null
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const at = new Date(`${value}T00:00:00Z`)
    if (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)) return value
  }
  throw invalid(name, 'a shop date such as "2026-11-27"', shown(value))
}

function idOf(value: unknown): string | null {
  if (!given(value)) return null
  if (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)) return value
  throw invalid('id', '1 to 64 letters, digits, ".", "_" or "-"', shown(value))
}

function noteOf(value: unknown): string | null {
  if (!given(value)) return null
  if (typeof value === 'string' && value.length <= MAX_NOTE_CHARACTERS) return value
  throw invalid('note', `a text of at most ${MAX_NOTE_CHARACTERS} characters`, shown(value))
}

function one(choices: readonly string[]): string {
  return `one of ${choices.join(', ')}`
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : clipped(JSON.stringify(value) ?? typeof value)
}

function clipped(text: string): string {
  return text.slice(0, 64)
}

function invalid(subject: string, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_RULE_INVALID', {
    subject,
    expected,
    got,
    remedy: 'correct the rule and send it again; nothing of this call was taken',
  })
}
