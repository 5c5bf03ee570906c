/**
 * collect/rule-desk: takes the merchandiser's rules in, and answers once they are on disk and applied.
 *
 * In: rules as they are written; ids of rules to take away.
 * Out: records in the stream; the rules as they were understood.
 * Guarantee: at least once; putting a rule again replaces it, so a repeated call changes nothing.
 * Invariant: one wrong rule refuses the whole call; a shop never has more than `RULES_MAX` rules.
 */
import { RULES_MAX, type Rule } from '../../parts/event/rule.ts'
import { normaliseRule, type DayBounds } from '../../parts/event/rule-schema.ts'
import { formatTime } from '../../parts/event/time.ts'
import { groupRules } from '../../parts/stream/grouping.ts'
import type { StreamWriter } from '../../parts/stream/port.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'

export interface RuleDeskOptions {
  readonly stream: StreamWriter
  /** All rules of the shop as pages apply them. */
  readonly current: () => readonly Rule[]
  /** Which instants a shop date covers. */
  readonly dayBounds: DayBounds
  /** Resolves when the condition holds, or when waiting longer is no use. */
  readonly until: (condition: () => boolean) => Promise<void>
  readonly clock: Clock
}

export interface RulesAnswer {
  readonly rules: readonly Rule[]
  readonly last: Position
}

export interface RuleDesk {
  /** @throws HEM_RULE_INVALID, and what the stream throws when it cannot take more */
  put(rules: readonly unknown[]): Promise<RulesAnswer>
  /** @throws HEM_HTTP_NOT_FOUND where there is no such rule */
  remove(id: string): Promise<RulesAnswer>
  /** The rule as it would be kept. @throws HEM_RULE_INVALID */
  read(rule: unknown): Rule
}

export function openRuleDesk({ stream, current, dayBounds, until, clock }: RuleDeskOptions): RuleDesk {
  return {
    read: (rule) => normaliseRule(rule, dayBounds),
    async put(wire) {
      const rules = wire.map((rule) => normaliseRule(rule, dayBounds))
      const ids = new Set([...current(), ...rules].map((rule) => rule.id))
      if (ids.size > RULES_MAX) throw tooMany(ids.size)
      const { last } = await stream.append(groupRules(rules, formatTime(clock.nowMs())))
      await until(() => rules.every((rule) => holds(current(), rule)))
      return { rules, last }
    },
    async remove(id) {
      const rules = current().filter((rule) => rule.id === id)
      if (rules.length === 0) throw noSuchRule(id)
      const { last } = await stream.append([
        { kind: 'rules', received_at: formatTime(clock.nowMs()), put: [], removed: [id] },
      ])
      await until(() => !current().some((rule) => rule.id === id))
      return { rules, last }
    },
  }
}

function holds(current: readonly Rule[], rule: Rule): boolean {
  const known = current.find((other) => other.id === rule.id)
  return known !== undefined && JSON.stringify(known) === JSON.stringify(rule)
}

function tooMany(count: number): HemlineError {
  return new HemlineError('HEM_RULE_INVALID', {
    subject: 'the rules of the shop',
    expected: `at most ${RULES_MAX}`,
    got: `${count}`,
    remedy: 'take rules away that are over, or join some: a field may have several values',
  })
}

function noSuchRule(id: string): HemlineError {
  return new HemlineError('HEM_HTTP_NOT_FOUND', {
    subject: `rule "${id.slice(0, 64)}"`,
    expected: 'the id of a rule',
    got: 'an unknown one',
    remedy: 'GET /v1/rules or "hemline rules list" shows them',
  })
}
