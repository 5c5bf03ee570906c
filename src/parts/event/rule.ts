/**
 * event/rule: what a merchandiser wants shown, moved or hidden.
 *
 * In: nothing; these are the types of the contract.
 * Out: `Rule`, and the fields of a product that a rule can ask for.
 * Invariant: a rule says all that is needed to apply it; the shop's dates are instants already.
 */
import type { Placement } from './placement.ts'
import type { Product } from './product.ts'

export const RULE_ACTIONS = ['pin', 'boost', 'bury', 'exclude'] as const
export type RuleAction = (typeof RULE_ACTIONS)[number]

/** Where a rule may apply: every placement, and lists that `POST /v1/rank` orders. */
export type RulePlacement = Placement | 'rank'

export interface Rule {
  readonly id: string
  readonly action: RuleAction
  /** Field to the values it may have, words in lower case; a product matches where every field has one of its values. */
  readonly match: Readonly<Record<string, readonly string[]>>
  /** Where it applies; empty for everywhere. */
  readonly placements: readonly RulePlacement[]
  /** Of a pin: its place in the list, from 1; else null. */
  readonly position: number | null
  /** Of a boost: a product's place is divided by this; else null. */
  readonly strength: number | null
  /** First and last shop date on which it applies, "2026-11-27"; null without an end. */
  readonly from: string | null
  readonly until: string | null
  /** The same as instants, ISO 8601 UTC: applies from `starts_at` on, and no longer at `ends_at`. */
  readonly starts_at: string | null
  readonly ends_at: string | null
  readonly note: string | null
}

/** Rules a shop may have at one time. */
export const RULES_MAX = 500

/** Fields of a product that a rule can ask for; any other attribute goes by `attributes.<name>`. */
export const RULE_FIELDS = [
  'product_id',
  'style_id',
  'gender',
  'master_category',
  'sub_category',
  'article_type',
  'base_colour',
  'season',
  'usage',
  'brand',
] as const

export const ATTRIBUTE_PREFIX = 'attributes.'

/** Fields that are ids, told apart by upper and lower case; everything else is words. */
const ID_FIELDS: ReadonlySet<string> = new Set(['product_id', 'style_id'])

/** A text as it is compared in a field of a rule. */
export function ruleValue(field: string, text: string): string {
  return ID_FIELDS.has(field) ? text : text.toLowerCase()
}

/** A product's value in a field of a rule; null where the shop does not say. */
export function ruleFieldOf(product: Product, field: string): string | null {
  const text = ownText(product, field)
  return text === null ? null : ruleValue(field, text)
}

function ownText(product: Product, field: string): string | null {
  if (field === 'product_id') return product.id
  if (!field.startsWith(ATTRIBUTE_PREFIX)) return product[field as Exclude<(typeof RULE_FIELDS)[number], 'product_id'>]
  const name = field.slice(ATTRIBUTE_PREFIX.length)
  return Object.hasOwn(product.attributes, name) ? product.attributes[name] : null
}
