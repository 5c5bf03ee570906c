/**
 * recommend/changed-rules: the merchandiser's rules after changes.
 *
 * In: the rules before, and records of changes in the order of the stream.
 * Out: the rules after.
 * Invariant: a replay of changes already made ends with the same rules.
 */
import type { Rule } from '../../parts/event/rule.ts'
import type { RulesRecord } from '../../parts/stream/record.ts'

export function changedRules(before: readonly Rule[], changes: readonly RulesRecord[]): readonly Rule[] {
  const rules = new Map(before.map((rule) => [rule.id, rule]))
  for (const { put, removed } of changes) {
    for (const rule of put) rules.set(rule.id, rule)
    for (const id of removed) rules.delete(id)
  }
  return [...rules.values()]
}
