/**
 * model/trend/season: how the share of each value moves with the year.
 *
 * In: a year of days of one dimension.
 * Out: the factor on each value's share that is usual at a day of the year; 1 where a year is not yet known.
 * Invariant: what little is known moves a factor little.
 */
import { YEAR_SLOTS, type DimensionCounters } from './counters.ts'

const YEAR_DAYS = 365
/** Days on either side of the same day of last year that count, less the further they are. */
const KERNEL_DAYS = 21
/** Attention under the kernel at which half of the deviation is believed. */
const HALF_BELIEVED = 300
/** Days of history without which no season is known. */
const LEAST_AGE_DAYS = YEAR_DAYS - KERNEL_DAYS
/** Waves of the year that all of its days together tell of. */
const WAVES = 2
/** Attention of the year at which half of its waves is believed. */
const WAVES_HALF_BELIEVED = 400
const FACTOR_RANGE = { least: 0.1, most: 10 }

const ANGLE = (2 * Math.PI) / YEAR_DAYS
const cosines = Float64Array.from({ length: YEAR_DAYS * WAVES }, (_, i) =>
  Math.cos(ANGLE * (i % YEAR_DAYS) * (1 + Math.floor(i / YEAR_DAYS))),
)
const sines = Float64Array.from({ length: YEAR_DAYS * WAVES }, (_, i) =>
  Math.sin(ANGLE * (i % YEAR_DAYS) * (1 + Math.floor(i / YEAR_DAYS))),
)
const coefficients = new Float64Array(2 * WAVES)
const shares = new Float64Array(YEAR_DAYS)

/** @param ageDays days closed since the first event */
export function knowsSeason(ageDays: number): boolean {
  return ageDays >= LEAST_AGE_DAYS
}

/** Sets `season` for the day about to open. */
export function turnSeason(of: DimensionCounters, day: number): void {
  for (let value = 0; value < of.size; value++) of.season[value] = seasonOf(of, value, day)
}

function seasonOf(of: DimensionCounters, value: number, day: number): number {
  const from = value * YEAR_SLOTS
  let seen = 0
  let mean = 0
  for (let i = 0; i < YEAR_DAYS; i++) {
    // `i` days before the day that opens, so that waves have their phase at that day.
    const slot = (day - 1 - i + YEAR_SLOTS * 2) % YEAR_SLOTS
    const total = of.yearTotals[slot]
    shares[i] = total > 0 ? of.year[from + slot] / total : 0
    seen += of.year[from + slot]
    mean += shares[i]
  }
  mean /= YEAR_DAYS
  if (!(mean > 0)) return 1
  const believed = seen / (seen + WAVES_HALF_BELIEVED)
  fitWaves(mean)
  let kernelSeen = 0
  let kernelWaved = 0
  let kernelWeight = 0
  for (let offset = -KERNEL_DAYS; offset <= KERNEL_DAYS; offset++) {
    const slot = (day - YEAR_DAYS + offset + YEAR_SLOTS * 2) % YEAR_SLOTS
    const total = of.yearTotals[slot]
    if (!(total > 0)) continue
    const weight = 1 - Math.abs(offset) / (KERNEL_DAYS + 1)
    kernelSeen += weight * of.year[from + slot]
    kernelWaved += weight * total * mean * waveAt(offset, believed)
    kernelWeight += weight
  }
  let factor = waveAt(0, believed)
  if (kernelWeight > 0 && kernelWaved > 0) {
    factor *= ((kernelSeen + 1) / (kernelWaved + 1)) ** (kernelSeen / (kernelSeen + HALF_BELIEVED))
  }
  return Math.min(FACTOR_RANGE.most, Math.max(FACTOR_RANGE.least, factor))
}

/** Fourier coefficients of the year's shares over their mean. */
function fitWaves(mean: number): void {
  for (let wave = 0; wave < WAVES; wave++) {
    let cosine = 0
    let sine = 0
    for (let i = 0; i < YEAR_DAYS; i++) {
      cosine += shares[i] * cosines[wave * YEAR_DAYS + i]
      sine += shares[i] * sines[wave * YEAR_DAYS + i]
    }
    coefficients[2 * wave] = (2 * cosine) / (YEAR_DAYS * mean)
    coefficients[2 * wave + 1] = (2 * sine) / (YEAR_DAYS * mean)
  }
}

/** Factor of the waves `offset` days after the day that opens, believed in part. */
function waveAt(offset: number, believed: number): number {
  let sum = 1
  for (let wave = 0; wave < WAVES; wave++) {
    // Day `offset` after is `1 + offset` days after the newest share, whose place is 0 and grows into the past.
    const place = (((-1 - offset) % YEAR_DAYS) + YEAR_DAYS) % YEAR_DAYS
    sum +=
      believed *
      (coefficients[2 * wave] * cosines[wave * YEAR_DAYS + place] +
        coefficients[2 * wave + 1] * sines[wave * YEAR_DAYS + place])
  }
  return Math.max(FACTOR_RANGE.least, sum)
}
