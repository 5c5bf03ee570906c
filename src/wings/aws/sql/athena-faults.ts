/**
 * aws/sql/athena-faults: Athena's complaints as errors a person can act on.
 *
 * In: why a query failed, in Athena's words.
 * Out: the same coded errors as the other wing gives.
 * Invariant: no bucket and no path stands in a message.
 */
import { engineError, filesMoved, outOfMemory, syntaxError, timedOut, unfitting } from '../../../parts/sql/refusals.ts'
import { HemlineError, messageOf } from '../../../std/errors.ts'
import { serviceFault } from '../calls.ts'

/** @param reason such as "SYNTAX_ERROR: line 1:8: Column 'x' cannot be resolved" */
export function athenaFault(sql: string, reason: string): HemlineError {
  if (/bytes scanned limit/i.test(reason)) return scanLimit(reason)
  if (/exhausted resources|EXCEEDED_(LOCAL_|GLOBAL_)?MEMORY/i.test(reason)) return outOfMemory(reason)
  if (/query timeout|EXCEEDED_TIME_LIMIT/i.test(reason)) return timedOut()
  if (/ICEBERG_(MISSING|CANNOT_OPEN)|HIVE_(CANNOT_OPEN_SPLIT|FILE_NOT_FOUND)|NoSuchKey/i.test(reason))
    return filesMoved(reason)
  const text = reason.replace(/^[A-Z_]+: */, '')
  if (/mismatched input|extraneous input|no viable alternative/i.test(reason)) return syntaxError(sql, text, undefined)
  if (USERS_FAULTS.test(reason)) return unfitting(text)
  // What is not known may be a fault in the engine; the log has its words.
  return engineError(sql, reason)
}

const USERS_FAULTS =
  /^(SYNTAX_ERROR|TYPE_MISMATCH|COLUMN_NOT_FOUND|TABLE_NOT_FOUND|FUNCTION_NOT_FOUND|DIVISION_BY_ZERO|INVALID_\w+|NUMERIC_VALUE_OUT_OF_RANGE|SUBQUERY_MULTIPLE_ROWS|NOT_SUPPORTED|EXPRESSION_\w+|AMBIGUOUS_\w+|MISSING_\w+)\b|^line \d+:\d+/

function scanLimit(cause: string): HemlineError {
  return new HemlineError('HEM_SQL_SCAN_LIMIT', {
    subject: 'SQL',
    expected: 'a query within the scan limit of its workgroup',
    got: 'one that reads more',
    remedy: 'read fewer days or columns, or raise the limit of the workgroup',
    cause,
  })
}

/** As many queries run or wait as the account allows. */
export function tooMany(cause: unknown): HemlineError {
  return new HemlineError('HEM_SQL_BUSY', {
    subject: 'SQL',
    expected: 'a free place for a query',
    got: 'as many as the account may run',
    remedy: 'ask again in some seconds',
    cause,
  })
}

/** The service does not answer, or its role may not ask. */
export function unavailable(cause: unknown): HemlineError {
  const fault = serviceFault('Athena', cause)
  if (fault.code === 'HEM_AWS_REFUSED') return fault
  return new HemlineError('HEM_SQL_UNAVAILABLE', {
    subject: 'SQL',
    expected: 'an answer',
    got: `none from Athena: ${messageOf(cause)}`,
    remedy: 'ask again; where it stays so, look at the workgroup and the region',
    cause,
  })
}
