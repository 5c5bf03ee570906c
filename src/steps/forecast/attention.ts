/**
 * forecast/attention: weekly shares of attention from what was sold and what was looked at.
 *
 * In: units and looks per value and week of one dimension.
 * Out: a series of shares per value, over the same weeks for all.
 * Invariant: in every week with any attention the shares of all values sum to 1.
 *
 * A shop often has years of orders and only weeks of clicks, and shoppers look at other things than they buy. So the
 * looks of a value are first brought to the level of its sales over the weeks that have both; after that they tell
 * the movement, and the series has no step where the clicks begin.
 */

/** An order says as much as six views. */
const LOOKS_A_UNIT = 6
/** Counts by which the ratio of looks to sales is drawn towards 1. */
const RATIO_SHRINK_COUNT = 50

export interface AttentionRow {
  /** Monday, "YYYY-MM-DD". */
  readonly week: string
  readonly value: string
  readonly units: number
  /** Sessions, each at its highest step: view 1, cart 3, order 6. */
  readonly looks: number
  readonly sessions: number
}

/** float64[weeks] each, oldest first, no gaps. */
export interface AttentionSeries {
  /** Share of the dimension's attention, 0 to 1. */
  readonly shares: Float64Array
  readonly units: Float64Array
  readonly sessions: Float64Array
}

export interface Attention {
  /** Mondays, oldest first, without gaps. */
  readonly weeks: readonly string[]
  readonly source: 'orders' | 'sessions' | 'orders+sessions'
  /** By value, sorted by attention of the newest 26 weeks, greatest first. */
  readonly series: ReadonlyMap<string, AttentionSeries>
}

/**
 * @param rows of one dimension, any order
 * @param weeks the Mondays to cover, oldest first, without gaps
 */
export function attentionOf(rows: readonly AttentionRow[], weeks: readonly string[]): Attention {
  const values = [...new Set(rows.map((row) => row.value))].sort()
  const units = grid(rows, weeks, values, (row) => row.units)
  const looks = grid(rows, weeks, values, (row) => row.looks)
  const sessions = grid(rows, weeks, values, (row) => row.sessions)
  const unitsPerWeek = columnSums(units, weeks.length)
  const looksPerWeek = columnSums(looks, weeks.length)
  const soldTotal = sum(unitsPerWeek)
  const source = soldTotal === 0 ? 'sessions' : sum(looksPerWeek) === 0 ? 'orders' : 'orders+sessions'
  const levelled = source === 'orders+sessions' ? level(units, looks, unitsPerWeek, looksPerWeek) : looks
  const levelledPerWeek = columnSums(levelled, weeks.length)
  const weights = weeks.map((_, week) => looksPerWeek[week] + LOOKS_A_UNIT * unitsPerWeek[week])
  const series = values.map((value, row): readonly [string, AttentionSeries] => {
    const shares = Float64Array.from(weeks, (_, week) => {
      const looked = levelledPerWeek[week] > 0 ? levelled[row][week] / levelledPerWeek[week] : 0
      const sold = unitsPerWeek[week] > 0 ? units[row][week] / unitsPerWeek[week] : 0
      const lookedWeight = levelledPerWeek[week] > 0 ? looksPerWeek[week] : 0
      return weights[week] > 0 ? (lookedWeight * looked + LOOKS_A_UNIT * unitsPerWeek[week] * sold) / weights[week] : 0
    })
    return [value, { shares, units: units[row], sessions: sessions[row] }]
  })
  const recent = new Map(series.map(([value, { shares }]) => [value, recentAttention(shares, weights)]))
  const byAttention = (left: string, right: string): number =>
    recent.get(right)! - recent.get(left)! || (left < right ? -1 : 1)
  return { weeks, source, series: new Map(series.toSorted(([left], [right]) => byAttention(left, right))) }
}

/** Brings each value's looks to the level of its sales, over the weeks that have both. */
function level(
  units: readonly Float64Array[],
  looks: readonly Float64Array[],
  unitsPerWeek: Float64Array,
  looksPerWeek: Float64Array,
): readonly Float64Array[] {
  const isBoth = unitsPerWeek.map((count, week) => (count > 0 && looksPerWeek[week] > 0 ? 1 : 0))
  const both = (row: Float64Array): number => row.reduce((total, count, week) => total + count * isBoth[week], 0)
  const soldTotal = both(unitsPerWeek)
  const lookedTotal = both(looksPerWeek)
  if (soldTotal === 0) return looks
  return looks.map((row, index) => {
    const pooled = (both(units[index]) + both(row)) / (soldTotal + lookedTotal)
    const sold = (both(units[index]) + RATIO_SHRINK_COUNT * pooled) / (soldTotal + RATIO_SHRINK_COUNT)
    const looked = (both(row) + RATIO_SHRINK_COUNT * pooled) / (lookedTotal + RATIO_SHRINK_COUNT)
    return looked > 0 ? row.map((count) => (count * sold) / looked) : row
  })
}

function grid(
  rows: readonly AttentionRow[],
  weeks: readonly string[],
  values: readonly string[],
  countOf: (row: AttentionRow) => number,
): Float64Array[] {
  const weekIndex = new Map(weeks.map((week, index) => [week, index]))
  const valueIndex = new Map(values.map((value, index) => [value, index]))
  const counts = values.map(() => new Float64Array(weeks.length))
  for (const row of rows) {
    const week = weekIndex.get(row.week)
    const value = valueIndex.get(row.value)
    if (week !== undefined && value !== undefined) counts[value][week] += countOf(row)
  }
  return counts
}

function columnSums(counts: readonly Float64Array[], columns: number): Float64Array {
  const sums = new Float64Array(columns)
  for (const row of counts) for (let week = 0; week < columns; week += 1) sums[week] += row[week]
  return sums
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

const RECENT_WEEKS = 26

function recentAttention(shares: Float64Array, weights: readonly number[]): number {
  let sum = 0
  for (let week = Math.max(0, shares.length - RECENT_WEEKS); week < shares.length; week += 1) {
    sum += shares[week] * weights[week]
  }
  return sum
}
