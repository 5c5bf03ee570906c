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
const DAY_MS = 86_400_000

/** @returns whole epoch milliseconds, or null */
export function parseTime(value: string | number): number | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) && Math.abs(value) <= MAX_EPOCH_MS ? Math.trunc(value) : null
  }
  if (value.length === CANONICAL_LENGTH) {
    const epochMs = parseCanonical(value)
    if (epochMs !== null) return epochMs
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
  const dayMs = Math.floor(epochMs / DAY_MS) * DAY_MS
  if (dayMs !== lastDay.startMs) lastDay = { startMs: dayMs, text: new Date(dayMs).toISOString().slice(0, 11) }
  const rest = Math.floor(epochMs) - dayMs
  const hour = Math.floor(rest / 3_600_000)
  const minute = Math.floor(rest / 60_000) % 60
  const second = Math.floor(rest / 1000) % 60
  return `${lastDay.text}${PAIRS[hour]}:${PAIRS[minute]}:${PAIRS[second]}.${String(rest % 1000).padStart(3, '0')}Z`
}

/** Events of one day come together, so the day's text is made once; it depends on its start alone. */
let lastDay = { startMs: Number.NaN, text: '' }
const PAIRS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** The form that `Date` itself writes, 2026-11-23T08:15:30.123Z, without a regular expression; else null. */
function parseCanonical(text: string): number | null {
  for (const [at, mark] of CANONICAL_MARKS) if (text.charCodeAt(at) !== mark) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  const milliseconds = digits(text, 20, 3)
  // Days past the 28th and what is no number go the careful way.
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return null
  if (!(hour <= 23 && minute <= 59 && second <= 59 && milliseconds >= 0)) return null
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds)
}

const CANONICAL_LENGTH = 24
const CANONICAL_MARKS: readonly (readonly [number, number])[] = [
  [4, 45],
  [7, 45],
  [10, 84],
  [13, 58],
  [16, 58],
  [19, 46],
  [23, 90],
]

/** A number of that many digits, or NaN. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let nth = at; nth < at + count; nth++) {
    const digit = text.charCodeAt(nth) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
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
