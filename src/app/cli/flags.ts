/**
 * cli/flags: checks of what flags say.
 *
 * In: a flag's name and its text.
 * Out: its value.
 * Invariant: what cannot be used is refused by name, never corrected.
 */
import { parseTime } from '../../parts/event/time.ts'
import { HemlineError } from '../../std/errors.ts'

/** @throws HEM_CONFIG_INVALID */
export function wholeNumberFlag(
  flag: string,
  text: string,
  { least = 0, most = 999_999_999 }: { readonly least?: number; readonly most?: number } = {},
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw wrongFlag(flag, `a whole number from ${least} to ${most}`, text)
}

/** @returns epoch ms @throws HEM_CONFIG_INVALID */
export function timeFlag(flag: string, text: string): number {
  const ms = parseTime(text)
  if (ms === null) throw wrongFlag(flag, 'a time such as 2026-11-23T08:15:30Z', text)
  return ms
}

export function wrongFlag(flag: string, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_CONFIG_INVALID', { subject: flag, expected, got: `"${got}"`, remedy: 'correct it' })
}
