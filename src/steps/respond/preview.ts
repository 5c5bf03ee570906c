/**
 * respond/preview: what a rule would change, before it does.
 *
 * In: a rule that the shop does not have yet, and a page to look at.
 * Out: the page's slates before and after.
 * Invariant: nothing is kept; both sides are read at one instant, by the code that answers pages.
 */
import type { Rule } from '../../parts/event/rule.ts'
import { parseTime } from '../../parts/event/time.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { readPage, type PageRequest } from './recommendations.ts'
import type { SlateAnswer } from './slate-answer.ts'

export interface RulePreview {
  readonly rule: Rule
  readonly before: readonly SlateAnswer[]
  readonly after: readonly SlateAnswer[]
  /** Whether the page differs. */
  readonly changes: boolean
}

/** Looks at the page as of now, or as of the rule's first day where that is still to come. */
export function previewRule(
  serving: ServingReader,
  preview: { readonly rule: Rule; readonly request: PageRequest; readonly nowMs: number },
): RulePreview {
  const { rule, request } = preview
  const startMs = rule.starts_at === null ? null : parseTime(rule.starts_at)
  const nowMs = Math.max(preview.nowMs, startMs ?? 0)
  const rules = serving.rules()
  const others = rules.filter((known) => known.id !== rule.id)
  const before = readPage(serving, request, { nowMs, rules })
  const after = readPage(serving, request, { nowMs, rules: [...others, rule] })
  return { rule, before, after, changes: shownBy(before) !== shownBy(after) }
}

function shownBy(slates: readonly SlateAnswer[]): string {
  return slates.map((slate) => slate.items.map((item) => item.product_id).join(' ')).join('\n')
}
