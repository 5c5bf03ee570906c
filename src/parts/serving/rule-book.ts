/**
 * serving/rule-book: which of the merchandiser's rules hold for a product, at a placement, now.
 *
 * In: all rules of the shop.
 * Out: per placement its pins, and what the others do to a product.
 * Invariant: a product is matched once and remembered, so that a read pays for rules only where there are some.
 */
import type { Product } from '../event/product.ts'
import { ruleFieldOf, type Rule, type RulePlacement } from '../event/rule.ts'
import { parseTime } from '../event/time.ts'

export interface PlacementRules {
  /** In the order of their places. */
  readonly pins: readonly Rule[]
  /** Whether any rule moves products, so that more than the first few must be looked at. */
  readonly movesProducts: boolean
  effectOn(product: Product): RuleEffect
}

export interface RuleEffect {
  readonly isExcluded: boolean
  readonly isBuried: boolean
  /** The product's place is divided by this; 1 where nothing boosts it. */
  readonly boost: number
}

/** Several boosts of one product multiply, up to this. */
const MAX_BOOST = 100
const NO_EFFECT: RuleEffect = { isExcluded: false, isBuried: false, boost: 1 }

export interface RuleBook {
  /** What holds at a placement, or null where no rule does. */
  at(placement: RulePlacement, nowMs: number): PlacementRules | null
}

interface Dated {
  readonly rule: Rule
  readonly startMs: number
  readonly endMs: number
}

interface Known {
  readonly rules: PlacementRules | null
  /** The instants between which nothing starts or ends. */
  readonly fromMs: number
  readonly untilMs: number
}

const books = new WeakMap<readonly Rule[], RuleBook>()

/** The book of these rules, made once as long as they stay the same array. */
export function ruleBookOf(rules: readonly Rule[]): RuleBook {
  const before = books.get(rules)
  if (before !== undefined) return before
  const book = openRuleBook(rules)
  books.set(rules, book)
  return book
}

function openRuleBook(rules: readonly Rule[]): RuleBook {
  const dated = rules.map((rule): Dated => ({
    rule,
    startMs: instantOf(rule.starts_at) ?? -Infinity,
    endMs: instantOf(rule.ends_at) ?? Infinity,
  }))
  const known = new Map<RulePlacement, Known>()
  return {
    at(placement, nowMs) {
      if (rules.length === 0) return null
      const before = known.get(placement)
      if (before !== undefined && nowMs >= before.fromMs && nowMs < before.untilMs) return before.rules
      const mine = dated.filter(({ rule }) => appliesTo(rule, placement))
      const active = mine.filter(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs)
      const bounds = mine.flatMap(({ startMs, endMs }) => [startMs, endMs])
      const made = {
        rules: active.length === 0 ? null : placementRules(active.map(({ rule }) => rule)),
        fromMs: Math.max(-Infinity, ...bounds.filter((ms) => ms <= nowMs)),
        untilMs: Math.min(Infinity, ...bounds.filter((ms) => ms > nowMs)),
      }
      known.set(placement, made)
      return made.rules
    },
  }
}

function instantOf(text: string | null): number | null {
  return text === null ? null : parseTime(text)
}

/** What a visitor looked at is theirs: only what is hidden, or a rule that names the placement, changes it. */
function appliesTo(rule: Rule, placement: RulePlacement): boolean {
  if (rule.placements.length > 0) return rule.placements.includes(placement)
  return placement !== 'recent' || rule.action === 'exclude'
}

function placementRules(rules: readonly Rule[]): PlacementRules {
  const others = rules.filter((rule) => rule.action !== 'pin')
  const byField = indexed(others)
  const effects = new WeakMap<Product, RuleEffect>()
  return {
    pins: rules
      .filter((rule) => rule.action === 'pin')
      .toSorted((a, b) => (a.position ?? 1) - (b.position ?? 1) || (a.id < b.id ? -1 : 1)),
    movesProducts: others.some((rule) => rule.action !== 'exclude'),
    effectOn(product) {
      const before = effects.get(product)
      if (before !== undefined) return before
      const effect = effectOf(candidates(byField, product).filter((rule) => matches(rule, product)))
      effects.set(product, effect)
      return effect
    },
  }
}

function effectOf(rules: readonly Rule[]): RuleEffect {
  if (rules.length === 0) return NO_EFFECT
  const boosts = rules.flatMap((rule) => (rule.action === 'boost' ? [rule.strength ?? 1] : []))
  return {
    isExcluded: rules.some((rule) => rule.action === 'exclude'),
    isBuried: rules.some((rule) => rule.action === 'bury'),
    boost: Math.min(
      MAX_BOOST,
      boosts.reduce((product, strength) => product * strength, 1),
    ),
  }
}

/** Whether every field of the rule has one of its values. */
export function matches(rule: Rule, product: Product): boolean {
  for (const [field, values] of Object.entries(rule.match)) {
    const value = ruleFieldOf(product, field)
    if (value === null || !values.includes(value)) return false
  }
  return true
}

/** Rules by the first field they ask for and its values, so that a product meets few of them. */
type ByField = ReadonlyMap<string, ReadonlyMap<string, readonly Rule[]>>

function indexed(rules: readonly Rule[]): ByField {
  const byField = new Map<string, Map<string, Rule[]>>()
  for (const rule of rules) {
    const [[field, values]] = Object.entries(rule.match)
    const byValue = byField.get(field) ?? new Map<string, Rule[]>()
    byField.set(field, byValue)
    for (const value of new Set(values)) byValue.set(value, [...(byValue.get(value) ?? []), rule])
  }
  return byField
}

function candidates(byField: ByField, product: Product): readonly Rule[] {
  const found: Rule[] = []
  for (const [field, byValue] of byField) {
    const value = ruleFieldOf(product, field)
    if (value !== null) found.push(...(byValue.get(value) ?? []))
  }
  return found
}
