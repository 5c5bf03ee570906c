/**
 * forecast/reconcile: children that sum to their parent.
 *
 * In: forecasts of all parts of a whole, and of the whole.
 * Out: the parts, scaled week by week.
 * Invariant: the medians of the parts sum to that of the whole, unless all are 0; quantiles keep their order.
 */
import type { Quantiles } from './intervals.ts'

/** @param whole float64[horizonWeeks], the median of the parent */
export function reconciled<Part extends Quantiles>(whole: Float64Array, parts: readonly Part[]): readonly Part[] {
  const factors = whole.map((value, step) => {
    const sum = parts.reduce((total, { p50 }) => total + p50[step], 0)
    return sum > 0 ? value / sum : 1
  })
  const scale = (points: Float64Array): Float64Array => points.map((point, step) => point * factors[step])
  return parts.map((part) => ({ ...part, p10: scale(part.p10), p50: scale(part.p50), p90: scale(part.p90) }))
}
