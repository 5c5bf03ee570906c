/**
 * model/slate/top-list: the best few of many.
 *
 * In: items with scores, in any order.
 * Out: the best, best first, once the list is sorted.
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

/** A score below this is not taken; nothing is refused while there is room. */
export function barOf(top: TopList): number {
  return top.size < top.items.length ? -Infinity : top.size === 0 ? Infinity : top.scores[0]
}

/** Takes the item where it is among the best so far. Until `sortTop` the list is a heap, its worst entry first. */
export function offerTop(top: TopList, item: number, score: number): void {
  const { items, scores } = top
  if (top.size < items.length) {
    liftUp(top, top.size++, item, score)
    return
  }
  if (top.size === 0 || score < scores[0] || (score === scores[0] && item > items[0])) return
  sinkDown(top, top.size, item, score)
}

/** Puts the best first; nothing can be offered afterwards. */
export function sortTop(top: TopList): TopList {
  const { items, scores } = top
  for (let end = top.size - 1; end > 0; end--) {
    const item = items[end]
    const score = scores[end]
    items[end] = items[0]
    scores[end] = scores[0]
    sinkDown(top, end, item, score)
  }
  return top
}

function liftUp(top: TopList, from: number, item: number, score: number): void {
  const { items, scores } = top
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (scores[parent] < score || (scores[parent] === score && items[parent] > item)) break
    items[at] = items[parent]
    scores[at] = scores[parent]
    at = parent
  }
  items[at] = item
  scores[at] = score
}

function sinkDown(top: TopList, size: number, item: number, score: number): void {
  const { items, scores } = top
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= size) break
    const right = child + 1
    if (right < size && isWorse(top, right, scores[child], items[child])) child = right
    if (!isWorse(top, child, score, item)) break
    items[at] = items[child]
    scores[at] = scores[child]
    at = child
  }
  items[at] = item
  scores[at] = score
}

function isWorse(top: TopList, at: number, score: number, item: number): boolean {
  return top.scores[at] < score || (top.scores[at] === score && top.items[at] > item)
}
