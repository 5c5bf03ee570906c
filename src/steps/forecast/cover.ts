/**
 * forecast/cover: how long stock lasts if the forecast comes true.
 *
 * In: pieces in stock, units expected per week.
 * Out: days until the last piece is sold.
 * Invariant: nothing expected to sell gives no answer, never 0 and never endless.
 */
import { meanOf } from './prepare.ts'

const DAYS_A_WEEK = 7

/**
 * @param onHand pieces, at least 0
 * @param units float64[weeks], expected per week
 * @returns days; past the forecast's end at its mean pace; null where nothing sells
 */
export function coverDays(onHand: number, units: Float64Array): number | null {
  const pace = meanOf(units)
  if (pace <= 0) return null
  if (onHand <= 0) return 0
  let left = onHand
  for (const [week, sold] of units.entries()) {
    if (sold > 0 && left <= sold) return (week + left / sold) * DAYS_A_WEEK
    left -= sold
  }
  return (units.length + left / pace) * DAYS_A_WEEK
}
