/**
 * model/slate/top-list: the best few of many.
 *
 * In: items with scores, in any order.
 * Out: the best, best first.
 * Invariant: equal scores put the lower item first, so the order of offering does not matter.
 */
export interface TopList {
  readonly items: Int32Array
  readonly scores: Float64Array
  size: number
}

export function createTopList(max: number): TopList {
  return { items: new Int32Array(max), scores: new Float64Array(max), size: 0 }
}

export function offerTop(top: TopList, item: number, score: number): void {
  const { items, scores } = top
  let at = top.size
  if (at === items.length) {
    const last = at - 1
    if (at === 0 || score < scores[last] || (score === scores[last] && item > items[last])) return
    at = last
  } else top.size++
  while (at > 0 && (scores[at - 1] < score || (scores[at - 1] === score && items[at - 1] > item))) {
    items[at] = items[at - 1]
    scores[at] = scores[at - 1]
    at--
  }
  items[at] = item
  scores[at] = score
}
