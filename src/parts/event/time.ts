/**
 * event/time: the times clients send, read strictly.
 *
 * In: ISO 8601 with or without a zone (none means UTC), or epoch milliseconds.
 * Out: epoch milliseconds, or null where it is no time.
 * Invariant: a date that no calendar has, such as 30 February, is no time.
 */
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$/
const EPOCH_DIGITS = /^\d{12,14}$/
const MAX_EPOCH_MS = 8.64e15

/** @returns whole epoch milliseconds, or null */
export function parseTime(value: string | number): number | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) && Math.abs(value) <= MAX_EPOCH_MS ? Math.trunc(value) : null
  }
  const text = value.trim()
  const match = ISO.exec(text)
  if (match === null) return EPOCH_DIGITS.test(text) ? Number(text) : null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  // A leap second counts as the last second before it.
  const seconds = Math.min(Number(second), 59)
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const date = new Date(midnight)
  if (Number(year) < 100 || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null
  const offset = offsetMinutes(zone)
  if (offset === null) return null
  return midnight + ((Number(hour) * 60 + Number(minute) - offset) * 60 + seconds) * 1000 + milliseconds
}

/** ISO 8601 UTC with milliseconds. @param epochMs within what `Date` can hold */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** Minutes east of Greenwich, -1439 to 1439, or null. */
function offsetMinutes(zone: string): number | null {
  if (zone[0] !== '+' && zone[0] !== '-') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const hours = Number(digits.slice(0, 2))
  const minutes = Number(digits.slice(2))
  if (hours > 23 || minutes > 59) return null
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes)
}
