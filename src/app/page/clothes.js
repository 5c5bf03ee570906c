/**
 * page/clothes: silhouettes of what is worn on the body, as layers from back to front.
 *
 * In: nothing.
 * Out: one list of layers a garment.
 * Invariant: sleeves lie under the body, and the dark inside of a neck lies under both.
 *
 * A layer is { d, fill?, pattern?, line?, tilt? }. `fill` is "base" where absent, or a name that page/garments knows; a
 * layer with `line` is a stroke of that kind; `tilt` turns the pattern.
 */
import { both, whole } from './outline.js'

function sleeves(half) {
  const [right, left] = both(half)
  return [
    { d: right, pattern: true, tilt: -13 },
    { d: left, pattern: true, tilt: 13 },
  ]
}

const INSIDE = {
  d: whole([
    [0, 17],
    [7, 17, 12, 19],
    [11, 30, 0, 33],
  ]),
  fill: 'inside',
}
const SHORT_SLEEVE = [
  [21, 20],
  [32, 22, 36, 31],
  [43, 50],
  [31, 57],
  [22, 42],
]
const LONG_SLEEVE = [
  [20, 20],
  [32, 22, 35, 34],
  [43, 90],
  [34, 93],
  [24, 50],
]
const FOLDS = 'M34 58Q38 74 35 98M66 60Q63 76 66 97'
const HEM = 'M26 98Q50 102 74 98'

const bodyWithNeck = (neckDepth, hem) =>
  whole([
    [0, neckDepth],
    [9, neckDepth - 1, 12, 19],
    [26, 23],
    [23, 34, 25, 48],
    [25, hem],
    [12, hem + 3, 0, hem + 3],
  ])

export const tee = [
  INSIDE,
  ...sleeves(SHORT_SLEEVE),
  { d: bodyWithNeck(28, 101), pattern: true },
  { d: 'M38 19Q41 30 50 31Q59 30 62 19', line: 'stitch' },
  { d: FOLDS, line: 'fold' },
  { d: `${HEM}M19 51L29 55M81 51L71 55`, line: 'stitch' },
]

export const sweater = [
  INSIDE,
  ...sleeves(LONG_SLEEVE),
  { d: bodyWithNeck(27, 99), pattern: true },
  { d: 'M38 19Q41 29 50 30Q59 29 62 19M25 94Q50 98 75 94M9 84L17 86M91 84L83 86', line: 'seam' },
  { d: FOLDS, line: 'fold' },
]

export const shirt = [
  INSIDE,
  ...sleeves(LONG_SLEEVE),
  {
    d: whole([
      [0, 34],
      [12, 19],
      [26, 23],
      [23, 34, 25, 48],
      [25, 96],
      [20, 99, 14, 106],
      [6, 108, 0, 108],
    ]),
    pattern: true,
  },
  { d: 'M50 34V107M50 34L47 36V107', line: 'seam' },
  { d: 'M38 17L50 34L43 41L33 23ZM62 17L50 34L57 41L67 23Z', collar: true },
  { d: 'M9 84L17 86M91 84L83 86M30 56H42V68Q36 72 30 68Z', line: 'seam' },
  { d: FOLDS, line: 'fold' },
  { d: [46, 58, 70, 82, 94].map((y) => `M51.6 ${y}h.1`).join(''), line: 'button' },
]

export const jacket = [
  INSIDE,
  ...sleeves(LONG_SLEEVE),
  {
    d: whole([
      [0, 52],
      [12, 19],
      [27, 23],
      [24, 34, 26, 50],
      [27, 102],
      [14, 105, 3, 104],
      [0, 100],
    ]),
    pattern: true,
  },
  { d: 'M38 17L49 54L36 40L38 34L30 32L33 21ZM62 17L51 54L64 40L62 34L70 32L67 21Z', collar: true },
  { d: 'M50 54V102M29 78H41M59 78H71M9 84L17 86M91 84L83 86', line: 'seam' },
  { d: FOLDS, line: 'fold' },
  { d: 'M52 64h.1M52 78h.1', line: 'button' },
]

export const top = [
  {
    d: whole([
      [0, 20],
      [7, 20, 12, 18],
      [13, 34, 0, 37],
    ]),
    fill: 'inside',
  },
  {
    d: whole([
      [0, 33],
      [10, 32, 12, 17],
      [19, 17],
      [17, 38, 24, 46],
      [22, 70, 27, 99],
      [12, 103, 0, 103],
    ]),
    pattern: true,
  },
  { d: 'M38 18Q40 35 50 36Q60 35 62 18', line: 'stitch' },
  { d: 'M37 62Q41 78 36 98M63 60Q60 78 65 97', line: 'fold' },
]

export const bra = [
  { d: 'M31 20L36 52M69 20L64 52', line: 'strap' },
  {
    d: whole([
      [0, 62],
      [5, 54, 14, 48],
      [26, 56, 30, 70],
      [30, 80],
      [18, 86, 8, 82],
      [4, 78, 0, 78],
    ]),
    pattern: true,
  },
  { d: 'M50 62V78M31 66Q36 60 44 63M69 66Q64 60 56 63M25 80Q34 84 44 82M75 80Q66 84 56 82', line: 'seam' },
]

export const kurta = [
  INSIDE,
  ...sleeves([
    [20, 20],
    [31, 22, 34, 33],
    [41, 70],
    [31, 73],
    [23, 50],
  ]),
  {
    d: whole([
      [0, 30],
      [9, 29, 12, 19],
      [25, 23],
      [22, 36, 23, 50],
      [29, 112],
      [14, 115, 0, 115],
    ]),
    pattern: true,
  },
  { d: 'M50 30V58M47 31V56Q50 60 53 56V31M25 92L22 112M75 92L78 112', line: 'seam' },
  { d: 'M38 66Q40 90 36 112M62 64Q60 90 64 112', line: 'fold' },
  { d: [38, 45, 52].map((y) => `M50 ${y}h.1`).join(''), line: 'button' },
]

export const dress = [
  {
    d: whole([
      [0, 20],
      [7, 20, 12, 17],
      [12, 30, 0, 33],
    ]),
    fill: 'inside',
  },
  {
    d: whole([
      [0, 32],
      [10, 30, 12, 15],
      [18, 15],
      [16, 34, 21, 40],
      [17, 50, 16, 57],
      [29, 84, 34, 110],
      [16, 116, 0, 116],
    ]),
    pattern: true,
  },
  { d: 'M34 57Q50 61 66 57M38 16Q40 34 50 35Q60 34 62 16', line: 'seam' },
  { d: 'M42 62Q38 88 30 111M50 62V114M58 62Q62 88 70 111', line: 'fold' },
]

export const skirt = [
  {
    d: whole([
      [0, 22],
      [15, 21],
      [25, 62, 32, 102],
      [16, 109, 0, 109],
    ]),
    pattern: true,
  },
  { d: 'M34 29Q50 32 66 29', line: 'seam' },
  { d: 'M42 32Q38 70 30 104M50 32V107M58 32Q62 70 70 104', line: 'fold' },
]

export const trousers = [
  {
    d: whole([
      [0, 15],
      [18, 14],
      [23, 40, 23, 62],
      [19, 113],
      [6, 113],
      [0, 52],
    ]),
    pattern: true,
  },
  { d: 'M32 21Q50 24 68 21M50 22V50M50 44Q45 44 45 23', line: 'seam' },
  { d: 'M33 24Q34 32 29 36M67 24Q66 32 71 36M31 109H44M69 109H56', line: 'stitch' },
  { d: 'M38 56Q36 84 38 108M62 56Q64 84 62 108', line: 'fold' },
]

export const shorts = [
  {
    d: whole([
      [0, 26],
      [19, 25],
      [25, 50, 29, 84],
      [16, 89, 5, 87],
      [0, 60],
    ]),
    pattern: true,
  },
  { d: 'M31 33Q50 36 69 33M50 34V58M33 34Q34 44 27 48M67 34Q66 44 73 48', line: 'seam' },
  { d: 'M23 81Q34 86 44 83M77 81Q66 86 56 83', line: 'stitch' },
  { d: 'M36 56Q34 70 34 82M64 56Q66 70 66 82', line: 'fold' },
]

export const briefs = [
  {
    d: whole([
      [0, 42],
      [29, 40],
      [31, 54],
      [12, 62, 8, 82],
      [4, 85, 0, 85],
    ]),
    pattern: true,
  },
  { d: 'M21 48Q50 51 79 48M38 82Q36 62 22 55M62 82Q64 62 78 55', line: 'seam' },
]
