/**
 * serving/experiment: which visitors see what, while a shop tries something out.
 *
 * In: one parsed JSON object: a name, and variants with their shares of visitors.
 * Out: the variant of a visitor, by a hash of the experiment's name and the visitor key.
 * Invariant: a visitor keeps their variant as long as the experiment keeps its name and shares; no list of visitors is kept.
 *   Two experiments split visitors independently of each other.
 */
import { hash } from 'node:crypto'
import { normaliseRule, type DayBounds } from '../event/rule-schema.ts'
import type { Rule } from '../event/rule.ts'
import { HemlineError } from '../../std/errors.ts'

export interface Variant {
  readonly name: string
  /** Of all visitors, above 0, at most 1. */
  readonly share: number
  /** False for a holdout: lists of the whole shop stand where a visitor's own would. */
  readonly personal: boolean
  /** Rules instead of the shop's own; null for those. */
  readonly rules: readonly Rule[] | null
}

export interface Experiment {
  readonly name: string
  /** In the order in which their shares are dealt out. */
  readonly variants: readonly Variant[]
}

const MAX_VARIANTS = 10
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/
const NAME_EXPECTED = 'up to 40 of a-z, 0-9 and "-"'
const FIELDS = ['name', 'variants']
const VARIANT_FIELDS = ['name', 'share', 'personal', 'rules']
/** Shares are written in decimals, whose sum may exceed 1 by a rounding. */
const ROUNDING = 1e-9

/** @throws HEM_EXPERIMENT_INVALID, HEM_RULE_INVALID */
export function readExperiment(wire: unknown, dayBounds: DayBounds): Experiment {
  const fields = objectOf('the experiment', wire, FIELDS)
  const { name, variants: wires } = fields
  if (typeof name !== 'string' || !NAME.test(name)) throw invalid('field "name"', NAME_EXPECTED, name)
  if (!Array.isArray(wires) || wires.length < 2 || wires.length > MAX_VARIANTS) {
    throw invalid('field "variants"', `a list of 2 to ${MAX_VARIANTS}`, wires)
  }
  const variants = wires.map((variant: unknown) => readVariant(variant, dayBounds))
  if (new Set(variants.map((variant) => variant.name)).size < variants.length) {
    throw invalid('field "variants"', 'each name once', 'one of them twice')
  }
  const total = variants.reduce((sum, { share }) => sum + share, 0)
  if (total > 1 + ROUNDING) throw invalid('field "variants"', 'shares that add up to 1 at most', total)
  return { name, variants }
}

function readVariant(wire: unknown, dayBounds: DayBounds): Variant {
  const { name, share, personal = true, rules = null } = objectOf('a variant', wire, VARIANT_FIELDS)
  if (typeof name !== 'string' || !NAME.test(name)) throw invalid('field "variants.name"', NAME_EXPECTED, name)
  if (typeof share !== 'number' || !(share > 0 && share <= 1)) {
    throw invalid(`variant "${name}", field "share"`, 'a number above 0, at most 1', share)
  }
  if (typeof personal !== 'boolean') throw invalid(`variant "${name}", field "personal"`, 'true or false', personal)
  if (rules !== null && !Array.isArray(rules)) throw invalid(`variant "${name}", field "rules"`, 'a list', rules)
  return {
    name,
    share,
    personal,
    rules: rules?.map((rule: unknown) => normaliseRule(rule, dayBounds)) ?? null,
  }
}

/** The visitor's variant; null where the shares leave them out. */
export function variantOf({ name, variants }: Experiment, visitorKey: string): Variant | null {
  let left = Number.parseInt(hash('sha256', `${name}\0${visitorKey}`).slice(0, 12), 16) / 2 ** 48
  for (const variant of variants) {
    left -= variant.share
    if (left < 0) return variant
  }
  return null
}

/** As answers and events carry it. */
export function variantLabel(experiment: Experiment, variant: Variant): string {
  return `${experiment.name}/${variant.name}`
}

function objectOf(subject: string, wire: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) throw invalid(subject, 'an object', wire)
  for (const field of Object.keys(wire)) {
    if (!known.includes(field)) throw invalid(subject, `fields ${known.join(', ')}`, field)
  }
  return wire as Readonly<Record<string, unknown>>
}

function invalid(subject: string, expected: string, got: unknown): HemlineError {
  return new HemlineError('HEM_EXPERIMENT_INVALID', {
    subject,
    expected,
    got: (JSON.stringify(got) ?? 'nothing').slice(0, 64),
    remedy: 'correct it; docs/experiments.md lists what an experiment may say',
  })
}
