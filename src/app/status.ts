/**
 * app/status: what the pipeline has done and how far behind each stage is.
 *
 * In: the ledger, the stream's tail, and the workers' own word.
 * Out: counts and lags for the page, for metrics and for /readyz.
 * Invariant: asks nobody who could be busy for longer than a moment.
 */
import type { Position } from '../parts/stream/position.ts'
import type { LedgerTotals } from '../steps/collect/ledger.ts'

export interface StageStatus {
  readonly name: string
  /** Records, rows or slates the stage has made since the start. */
  readonly count: number
  /** Records the stage has still to do. */
  readonly waiting: number
  /** For how long the stage has had something to do, milliseconds; 0 where nothing waits. */
  readonly lag_ms: number
}

export interface StageReport {
  readonly done: Position | null
  readonly count: number
}

export interface StatusSources {
  readonly ledger: () => LedgerTotals
  readonly tail: () => Position | null
  readonly recommend: () => StageReport
  readonly deliver: () => StageReport
  readonly nowMs: () => number
}

/** How long each stage has been behind is measured here, between two looks. */
export function createStatus(sources: StatusSources): () => readonly StageStatus[] {
  const caughtUpMs = new Map<string, number>()
  const stage = (name: string, report: StageReport): StageStatus => {
    const waiting = sequenceOf(sources.tail()) - sequenceOf(report.done)
    const now = sources.nowMs()
    if (waiting <= 0 || !caughtUpMs.has(name)) caughtUpMs.set(name, now)
    return {
      name,
      count: report.count,
      waiting: Math.max(0, waiting),
      lag_ms: waiting <= 0 ? 0 : now - (caughtUpMs.get(name) ?? now),
    }
  }
  return () => {
    const ledger = sources.ledger()
    return [
      { name: 'collect', count: ledger.accepted, waiting: 0, lag_ms: 0 },
      stage('recommend', sources.recommend()),
      stage('deliver', sources.deliver()),
    ]
  }
}

function sequenceOf(position: Position | null): number {
  return position === null ? 0 : Number(position.sequence_number)
}
