/**
 * aws/sql/athena-cost: what Athena charges for one query.
 *
 * In: bytes scanned, and the price of a terabyte.
 * Out: US dollars as decimal text.
 * Invariant: never less than is charged: megabytes are begun, ten of them are the least, a terabyte is 10^12 bytes.
 * @source Amazon Athena, "Pricing": per terabyte scanned, rounded up to the megabyte, at least 10 MB a query
 */
import type { SqlCost } from '../../../parts/sql/port.ts'

const MEGABYTE = 1_000_000n
const TERABYTE = 1_000_000_000_000n
const LEAST_MEGABYTES = 10n
/** Decimal places of dollars that are kept, and of a price that are read. */
const PLACES = 6

export function costOf(scannedBytes: number, usdPerTerabyte: string): SqlCost {
  const begun = (BigInt(scannedBytes) + MEGABYTE - 1n) / MEGABYTE
  const charged = begun > LEAST_MEGABYTES ? begun : LEAST_MEGABYTES
  const micros = (charged * MEGABYTE * microsOf(usdPerTerabyte) + TERABYTE - 1n) / TERABYTE
  const digits = String(micros).padStart(PLACES + 1, '0')
  return { scannedBytes, usd: `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}` }
}

function microsOf(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'))
}
