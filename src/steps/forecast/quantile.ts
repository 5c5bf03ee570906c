/**
 * forecast/quantile: order statistics, plain and weighted.
 *
 * In: numbers, any order.
 * Out: the value below which a share of them lies; 0 for none.
 */

/** The middle value, the mean of both for an even count. */
export function medianOf(values: ArrayLike<number>): number {
  return quantileOf(values, 0.5)
}

/** Linear between the two nearest order statistics. */
export function quantileOf(values: ArrayLike<number>, at: number): number {
  if (values.length === 0) return 0
  const sorted = Float64Array.from(values)
  if (sorted.length > FEW) sorted.sort()
  else insertionSort(sorted)
  const place = Math.min(sorted.length - 1, Math.max(0, at * (sorted.length - 1)))
  const low = Math.floor(place)
  const high = Math.min(sorted.length - 1, low + 1)
  return sorted[low] + (place - low) * (sorted[high] - sorted[low])
}

/** Up to this many numbers the plain way of sorting is the fast one. */
const FEW = 16

function insertionSort(values: Float64Array): void {
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i]
    let at = i
    for (; at > 0 && values[at - 1] > value; at -= 1) values[at] = values[at - 1]
    values[at] = value
  }
}
