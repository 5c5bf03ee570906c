/**
 * collect/imports/catalogue-price: a price for a product whose file has none.
 *
 * In: a seed, the product's id and article type.
 * Out: a believable price, the same every time.
 * Invariant: whole units minus five or ten cents, never below 2.90.
 */
import { createHash } from 'node:crypto'
import { formatMinorUnits } from '../../../parts/event/decimal.ts'

/** Middle prices in whole units; what is not named lies between 12 and 48 by the name's hash. */
const MEDIANS: ReadonlyMap<string, number> = new Map([
  ['Tshirts', 19],
  ['Shirts', 39],
  ['Casual Shoes', 65],
  ['Watches', 119],
  ['Sports Shoes', 79],
  ['Kurtas', 32],
  ['Tops', 25],
  ['Handbags', 59],
  ['Heels', 55],
  ['Sunglasses', 69],
  ['Wallets', 35],
  ['Flip Flops', 17],
  ['Sandals', 39],
  ['Briefs', 12],
  ['Belts', 27],
  ['Backpacks', 49],
  ['Socks', 8],
  ['Formal Shoes', 89],
  ['Perfume and Body Mist', 45],
  ['Jeans', 59],
  ['Shorts', 29],
  ['Trousers', 49],
  ['Flats', 35],
  ['Bra', 25],
  ['Dresses', 55],
  ['Sarees', 65],
  ['Earrings', 19],
  ['Deodorant', 7],
  ['Nail Polish', 6],
  ['Lipstick', 14],
  ['Track Pants', 35],
  ['Clutches', 39],
  ['Sweatshirts', 45],
  ['Caps', 17],
  ['Sweaters', 49],
  ['Ties', 25],
  ['Jackets', 89],
  ['Nightdress', 29],
  ['Leggings', 19],
  ['Skirts', 35],
  ['Suits', 199],
  ['Blazers', 119],
])
const LOWEST = 12
const SPREAD = 36
/** Standard deviation of the price's logarithm. */
const LOG_DEVIATION = 0.35
const LEAST_UNITS = 3

/** @returns decimal string with two places */
export function priceFor(articleType: string | null, id: string, seed: number): string {
  const chance = createHash('sha256').update(`${seed}\n${id}`).digest()
  // Four uniform numbers make a bell that never strays far.
  let sum = 0
  for (let nth = 0; nth < 4; nth++) sum += chance.readUInt32LE(nth * 4) / 2 ** 32
  const deviations = (sum - 2) / Math.sqrt(4 / 12)
  const units = Math.max(LEAST_UNITS, Math.round(medianOf(articleType ?? '') * Math.exp(LOG_DEVIATION * deviations)))
  return formatMinorUnits(units * 100 - (chance[16] % 2 === 0 ? 5 : 10))
}

function medianOf(articleType: string): number {
  const known = MEDIANS.get(articleType)
  if (known !== undefined) return known
  return LOWEST + (createHash('sha256').update(articleType).digest().readUInt32LE(0) % SPREAD)
}
