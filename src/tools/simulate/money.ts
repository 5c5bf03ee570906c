/**
 * simulate/money: prices in minor units, written as decimal strings.
 *
 * In: whole cents, or a decimal string with at most two places.
 * Out: the other of the two.
 * Invariant: no price is ever a fraction of a cent.
 */

/** @param minor whole number of cents, 0 or more */
export function decimalOf(minor: number): string {
  return `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`
}

/** @param decimal such as "39.90", "39.9" or "39" */
export function minorOf(decimal: string): number {
  const [whole, fraction = ''] = decimal.split('.')
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0').slice(0, 2))
}
