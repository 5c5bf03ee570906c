/**
 * sql/dimensions: what attention, sales and stock are counted by, for transforms.
 *
 * In: rows with a product's attributes.
 * Out: `CROSS JOIN :dimensions` makes of each row one a dimension, and `:value` is what the row counts towards there.
 * Invariant: names and values are those of the stream's trends; a product without an attribute has no value in its dimension.
 */
import type { TrendDimension } from '../event/product.ts'

const DIMENSIONS = [
  ['article_type', 'article_type'],
  ['base_colour', 'base_colour'],
  ['season', 'season'],
  ['usage', '"usage"'],
  ['gender', 'gender'],
  ['type_colour', `base_colour || ' ' || article_type`],
] as const satisfies readonly (readonly [TrendDimension, string])[]

export const DIMENSION_NAMES = DIMENSIONS.map(([name]) => name)

/** Text that stands in a transform for a parameter of this name. */
export const DIMENSION_SQL: Readonly<Record<string, string>> = {
  dimensions: `(VALUES ${DIMENSION_NAMES.map((name) => `('${name}')`).join(', ')}) AS dimensions (dimension)`,
  value: `CASE dimension ${DIMENSIONS.map(([name, sql]) => `WHEN '${name}' THEN ${sql}`).join(' ')} END`,
}
