/**
 * event/decimal: money from the wire as an exact decimal string.
 *
 * In: "39.9", 39.9, 40, "1490000".
 * Out: the same amount with two places, "39.90", or null where it is no amount.
 * Invariant: no arithmetic on binary fractions; fits decimal(12,2).
 */
const AMOUNT = /^(\d{1,30})(?:\.(\d{1,30}))?$/
const MAX_MINOR_UNITS = 999_999_999_999n

/**
 * Rounds half up at the third place.
 *
 * @param value decimal string or finite number, 0 to 9,999,999,999.99, no sign, no exponent, no grouping
 */
export function decimalOf(value: string | number): string | null {
  const match = AMOUNT.exec(typeof value === 'number' ? String(value) : value.trim())
  if (match === null) return null
  const fraction = (match[2] ?? '').padEnd(3, '0')
  const roundsUp = fraction.charCodeAt(2) >= 53
  if (!roundsUp && match[1].length <= 10) return `${BigInt(match[1])}.${fraction.slice(0, 2)}`
  const minorUnits = BigInt(match[1] + fraction.slice(0, 2)) + (roundsUp ? 1n : 0n)
  return minorUnits > MAX_MINOR_UNITS ? null : formatMinorUnits(minorUnits)
}

/** @param minorUnits cents, 0 or more */
export function formatMinorUnits(minorUnits: bigint | number): string {
  const digits = String(minorUnits).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
