/**
 * app/retention: keeps the stream within its limits, once nobody needs its oldest records any more.
 *
 * In: a pipeline, with the limits of its settings.
 * Out: a base that stands for what goes, then the removal; counts for the log.
 * Guarantee: a record goes only if it is in the lake and the base on disk knows of it, so that a start rebuilds the same.
 * Invariant: one trimming at a time; a failure removes nothing that is needed, and the next look tries again.
 */
import { messageOf } from '../std/errors.ts'
import type { Position } from '../parts/stream/position.ts'
import type { RetentionLimits, Trimmed } from '../parts/stream/retention.ts'
import type { Pipeline } from './pipeline.ts'

export interface TrimArgument {
  readonly limits: RetentionLimits
  readonly base: Position
}

const DAY_MS = 24 * 3_600_000
/** Calls to the lake's worker; it delivers between two of them. */
const MAX_CALLS = 10_000

export function createRetention({
  config,
  recommend,
  lake,
  log,
}: Pick<Pipeline, 'config' | 'recommend' | 'lake' | 'log'>) {
  const limits: RetentionLimits = {
    maxAgeMs: config.streamDays * DAY_MS,
    maxBytes: config.streamGigabytes * 1e9,
  }
  let isTrimming = false

  const trim = async (): Promise<number> => {
    if (!(await lake.call<boolean>('is-trim-due', limits))) return 0
    const base = await recommend.call<Position | null>('save-base', null)
    if (base === null) return 0
    let records = 0
    for (let call = 0; call < MAX_CALLS; call++) {
      const trimmed = await lake.call<Trimmed>('trim', { limits, base } satisfies TrimArgument)
      records += trimmed.records
      if (!trimmed.isBehind) break
    }
    return records
  }

  return {
    /** Trims the stream where it is over its limits. */
    async look(): Promise<void> {
      if (isTrimming) return
      isTrimming = true
      try {
        const records = await trim()
        if (records > 0) log.info({ records }, 'the oldest records of the stream are no longer kept')
      } catch (error) {
        log.error({ fault: messageOf(error) }, 'the stream was not trimmed; the next look tries again')
      } finally {
        isTrimming = false
      }
    },
  }
}
