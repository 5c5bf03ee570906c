/**
 * postgres/faults: our errors as PostgreSQL's clients know them.
 *
 * In: anything thrown.
 * Out: a SQLSTATE, and a text that starts with our own code.
 * Invariant: what is no error of the asker's tells nothing but that it is our fault.
 */
import type { ErrorCode } from '../../std/error-codes.ts'
import { HemlineError } from '../../std/errors.ts'
import { errorResponse } from './messages.ts'

/** Codes of ours to PostgreSQL's error codes. */
const STATES: Partial<Readonly<Record<ErrorCode, string>>> = {
  HEM_SQL_SYNTAX: '42601',
  HEM_SQL_FORBIDDEN: '42501',
  HEM_SQL_UNKNOWN_TABLE: '42P01',
  HEM_SQL_INVALID: '42000',
  HEM_SQL_PARAMETERS: '08P01',
  HEM_SQL_TOO_LONG: '54001',
  HEM_SQL_TRUNCATED: '54000',
  HEM_SQL_TIMEOUT: '57014',
  HEM_SQL_CANCELLED: '57014',
  HEM_SQL_MEMORY: '53200',
  HEM_SQL_BUSY: '53300',
  HEM_SQL_UNAVAILABLE: '57P03',
}

export function faultResponse(thrown: unknown): Buffer {
  if (!(thrown instanceof HemlineError)) {
    return errorResponse({
      severity: 'ERROR',
      state: 'XX000',
      text: 'HEM_INTERNAL a fault of ours; the log has the details',
    })
  }
  const { subject, expected, got, remedy } = thrown.detail
  const text = `${thrown.code} ${subject}: expected ${expected}, got ${got}`
  return errorResponse({ severity: 'ERROR', state: STATES[thrown.code] ?? 'XX000', text, hint: remedy })
}
