/**
 * forecast-series: weekly series of a made-up fashion market, whose future is known.
 *
 * In: a seed, a style of market, how many series and weeks.
 * Out: float64 per series and week, never negative.
 * Invariant: same options, same series; each style is drawn from its own ranges, none from a real data set.
 */
import { seededRandom, type Random } from '../src/tools/simulate/random.ts'

/**
 * attention: an index, strongly seasonal. counts: units sold, often few. unrest: level shifts, fads, outliers.
 * breaks: heavy tails, and levels that break for good, of one series or of the whole market, also after the last week seen.
 */
export type Style = 'attention' | 'counts' | 'unrest' | 'breaks'

export interface SeriesOptions {
  readonly seed: number
  readonly style: Style
  readonly series: number
  readonly weeks: number
}

const YEAR = 52
const SHAPES = 7

export function fashionSeries(options: SeriesOptions): Float64Array[] {
  const random = seededRandom(options.seed, 'fashion-series', options.style)
  const shapes = Array.from({ length: SHAPES }, () => seasonShape(random))
  const market = options.style === 'breaks' ? marketLevel(options.weeks, random) : new Float64Array(options.weeks)
  return Array.from({ length: options.series }, () => {
    const felt = options.style === 'breaks' ? 2 * random.next() : 0
    const expected = expectedSeries(options, shapes, random).map((value, week) => value * Math.exp(felt * market[week]))
    return options.style === 'counts' ? counted(expected, random) : normalised(expected)
  })
}

/** What all series of a market feel, on a log scale: about one break in a year and a half. */
function marketLevel(weeks: number, random: Random): Float64Array {
  let level = 0
  return Float64Array.from({ length: weeks }, () => {
    if (random.chance(1 / 80)) level += 0.15 * random.normal()
    return level
  })
}

/** Student's t with three degrees of freedom, brought to variance 1. */
function heavyTailed(random: Random): number {
  const squares = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2
  return random.normal() / Math.sqrt(squares)
}

/** One or two bumps in a year, and some high ground; log scale, mean 0, root mean square 1. */
function seasonShape(random: Random): Float64Array {
  const shape = new Float64Array(YEAR)
  const bumps = 1 + random.int(3)
  for (let bump = 0; bump < bumps; bump++) {
    const middle = random.next() * YEAR
    const width = 3 + 9 * random.next()
    const height = random.normal()
    for (let week = 0; week < YEAR; week++) {
      const away = Math.abs(((week - middle + 1.5 * YEAR) % YEAR) - YEAR / 2)
      shape[week] += height * Math.exp(-0.5 * (away / width) ** 2)
    }
  }
  return standardised(shape)
}

function standardised(shape: Float64Array): Float64Array {
  const mean = shape.reduce((sum, value) => sum + value, 0) / shape.length
  const spread = Math.sqrt(shape.reduce((sum, value) => sum + (value - mean) ** 2, 0) / shape.length)
  return shape.map((value) => (value - mean) / spread)
}

function expectedSeries(options: SeriesOptions, shapes: readonly Float64Array[], random: Random): Float64Array {
  const { weeks, style } = options
  const isUneasy = style === 'unrest'
  const isBroken = style === 'breaks'
  const shape = random.pick(shapes)
  const own = seasonShape(random)
  const ownShare = 0.15 + 0.35 * random.next()
  const amplitude = 0.16 + 0.75 * random.next() ** 1.5
  const amplitudeDrift = 0.15
  const wander = 0.006 + 0.022 * random.next()
  const pull = 0.01 + 0.02 * random.next()
  const noiseAtStart = 0.16 + 0.3 * random.next()
  const noiseAtEnd = noiseAtStart * (0.4 + 0.35 * random.next())
  const slope = (0.1 * random.normal()) / YEAR
  let level = 0
  let home = 0
  let noise = 0
  let shift = 0
  let yearFactor = 1 + amplitudeDrift * random.normal()
  let yearShift = 1.2 * random.normal()
  let fad = 0
  const phase = random.int(YEAR)
  return Float64Array.from({ length: weeks }, (_, week) => {
    if ((week + phase) % YEAR === 0) {
      yearFactor = 1 + 0.6 * (yearFactor - 1) + amplitudeDrift * random.normal()
      yearShift = 0.5 * yearShift + 1.2 * random.normal()
    }
    home += slope + 0.5 * wander * random.normal()
    level += pull * (home - level) + wander * random.normal()
    const sigma = noiseAtStart + ((noiseAtEnd - noiseAtStart) * week) / weeks
    noise = 0.35 * noise + sigma * (isBroken ? heavyTailed(random) : random.normal())
    if (isUneasy && random.chance(1 / 300)) shift += 0.6 * random.normal()
    if (isBroken && random.chance(1 / 150)) shift += 0.4 * random.normal()
    if (isUneasy && random.chance(1 / 200)) fad = 0.5 + random.next()
    fad *= 0.85
    const season = amplitude * yearFactor * (at(shape, week + yearShift) + ownShare * at(own, week + yearShift))
    const spike = isUneasy && random.chance(1 / 400) ? 3 + 5 * random.next() : 1
    return spike * Math.exp(level + shift + fad + season + noise)
  })
}

/** Between two weeks, linearly. */
function at(shape: Float64Array, week: number): number {
  const place = ((week % YEAR) + YEAR) % YEAR
  const low = Math.floor(place)
  return shape[low % YEAR] + (place - low) * (shape[(low + 1) % YEAR] - shape[low % YEAR])
}

function counted(expected: Float64Array, random: Random): Float64Array {
  const aWeek = Math.exp(0.5 + 4 * random.next())
  return expected.map((value) => random.poisson(aWeek * value))
}

function normalised(values: Float64Array): Float64Array {
  const top = values.reduce((most, value) => Math.max(most, value), 0)
  return values.map((value) => value / top)
}
