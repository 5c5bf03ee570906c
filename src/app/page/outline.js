/**
 * page/outline: shapes of clothes from half of them.
 *
 * In: the right half of a symmetric shape, from top centre to bottom centre, in a frame of 100 by 120.
 * Out: SVG path data.
 * Invariant: both halves are exact mirror images.
 */
const MIDDLE = 50

/** Mirrors a right half: [x, y] first, then lines [x, y], curves [cx, cy, x, y] or [c1x, c1y, c2x, c2y, x, y]. */
export function whole(half) {
  const right = ([x, y]) => `${MIDDLE + x} ${y}`
  const left = ([x, y]) => `${MIDDLE - x} ${y}`
  const pairs = (list) => Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]])
  const letter = (points) => ['', 'L', 'Q', 'C'][points.length]
  const steps = half.map(pairs)
  let d = `M${right(steps[0][0])}`
  for (const points of steps.slice(1)) d += letter(points) + points.map(right).join(' ')
  for (let i = steps.length - 1; i > 0; i--) {
    const controls = steps[i].slice(0, -1).toReversed()
    const points = [...controls, steps[i - 1].at(-1)]
    d += letter(points) + points.map(left).join(' ')
  }
  return `${d}Z`
}

/** Both mirror images of a shape given on the right side. */
export function both(half) {
  const draw = (sign) =>
    half
      .map((list, i) => {
        const letter = i === 0 ? 'M' : ['', 'L', 'Q', 'C'][list.length / 2]
        return letter + list.map((value, at) => (at % 2 === 0 ? MIDDLE + sign * value : value)).join(' ')
      })
      .join('')
  return [`${draw(1)}Z`, `${draw(-1)}Z`]
}
