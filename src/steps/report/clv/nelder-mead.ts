/**
 * report/clv/nelder-mead: the least of a function of a few numbers, without its derivatives.
 *
 * In: a function and a point to start from.
 * Out: the point with the least value found.
 * Invariant: the same function and start give the same point; the number of looks has a maximum.
 */

const LOOKS_MAXIMUM = 1500
const FIRST_STEP = 0.4
/** Values this close are equal for us. */
const TOLERANCE = 1e-9

interface Corner {
  readonly point: readonly number[]
  readonly value: number
}

/** @source Nelder and Mead 1965, The Computer Journal 7(4), with the usual coefficients 1, 2, 0.5, 0.5 */
export function leastOf(of: (point: readonly number[]) => number, start: readonly number[]): Corner {
  let looks = 0
  const look = (point: readonly number[]): Corner => {
    looks += 1
    const value = of(point)
    return { point, value: Number.isFinite(value) ? value : Number.MAX_VALUE }
  }
  let corners = [look(start), ...start.map((_, axis) => look(start.map((x, at) => (at === axis ? x + FIRST_STEP : x))))]
  for (;;) {
    corners = corners.toSorted((left, right) => left.value - right.value)
    const best = corners[0]
    const worst = corners[corners.length - 1]
    if (looks >= LOOKS_MAXIMUM || worst.value - best.value < TOLERANCE * (1 + Math.abs(best.value))) return best
    const others = corners.slice(0, -1)
    const centre = start.map((_, axis) => others.reduce((sum, { point }) => sum + point[axis], 0) / others.length)
    const along = (factor: number) => look(centre.map((x, axis) => x + factor * (worst.point[axis] - x)))
    const mirrored = along(-1)
    let found = mirrored
    if (mirrored.value < best.value) {
      const further = along(-2)
      if (further.value < mirrored.value) found = further
    } else if (mirrored.value >= others[others.length - 1].value) {
      const nearer = along(mirrored.value < worst.value ? -0.5 : 0.5)
      if (nearer.value < Math.min(mirrored.value, worst.value)) found = nearer
      else {
        corners = corners.map(({ point }) => look(best.point.map((x, axis) => (x + point[axis]) / 2)))
        continue
      }
    }
    corners = [...others, found]
  }
}
