/**
 * respond/sql-cache: the answers of the last minutes, for askers who say that an older one will do.
 *
 * In: a statement, and the age its asker accepts.
 * Out: an answer and its age.
 * Invariant: who names no age gets a new answer; answers kept, and their bytes, are bounded, and the oldest go first.
 */
import { MAX_SQL_ANSWER_BYTES, type SqlResult, type SqlRunner } from '../../parts/sql/port.ts'
import type { Clock } from '../../std/clock.ts'

export interface SqlCache {
  /** @param ageSeconds 0 for a new answer; at most 300 count */
  run(sql: string, options: { readonly ageSeconds: number; readonly signal: AbortSignal }): Promise<AgedResult>
}

export interface AgedResult {
  readonly result: SqlResult
  readonly ageSeconds: number
}

const MAX_ANSWERS = 256
const MAX_BYTES = 4 * MAX_SQL_ANSWER_BYTES
const MAX_AGE_SECONDS = 300

interface Kept {
  readonly result: SqlResult
  readonly bytes: number
  readonly madeMs: number
}

export function createSqlCache(sql: SqlRunner, clock: Clock): SqlCache {
  const kept = new Map<string, Kept>()
  let keptBytes = 0

  const forget = (statement: string): void => {
    keptBytes -= kept.get(statement)?.bytes ?? 0
    kept.delete(statement)
  }

  const keep = (statement: string, result: SqlResult, madeMs: number): void => {
    forget(statement)
    const bytes = JSON.stringify(result.rows).length
    kept.set(statement, { result, bytes, madeMs })
    keptBytes += bytes
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_ANSWERS && keptBytes <= MAX_BYTES) return
      forget(oldest)
    }
  }

  return {
    async run(statement, { ageSeconds, signal }) {
      const askedMs = clock.nowMs()
      const found = kept.get(statement)
      if (found !== undefined && askedMs - found.madeMs < Math.min(ageSeconds, MAX_AGE_SECONDS) * 1000) {
        return { result: found.result, ageSeconds: Math.floor((askedMs - found.madeMs) / 1000) }
      }
      const result = await sql.run(statement, { signal })
      // Only what somebody may ask for again is worth its memory.
      if (ageSeconds > 0) keep(statement, result, askedMs)
      return { result, ageSeconds: 0 }
    },
  }
}
