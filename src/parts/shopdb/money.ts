/**
 * shopdb/money: decimal text to whole minor units and back.
 *
 * In: amounts with at most two places, such as "39.90".
 * Out: bigint cents; decimal text with two places.
 * Invariant: no amount passes through a float.
 */

export function minorUnitsOf(decimal: string): bigint {
  const [whole, fraction = ''] = decimal.replace('-', '').split('.')
  const units = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0').slice(0, 2))
  return decimal.startsWith('-') ? -units : units
}

export function decimalOf(minorUnits: bigint): string {
  const sign = minorUnits < 0n ? '-' : ''
  const size = minorUnits < 0n ? -minorUnits : minorUnits
  return `${sign}${size / 100n}.${String(size % 100n).padStart(2, '0')}`
}
