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

/** The stream's tail is noted at each look, at most once in this time. */
const NOTE_EVERY_MS = 250
const MAX_NOTES = 14_400

interface Note {
  readonly atMs: number
  readonly tail: number
}

/** A stage lags by the age of the oldest tail it has not reached. */
export function createStatus(sources: StatusSources): () => readonly StageStatus[] {
  const notes: Note[] = []
  const note = (): Note => {
    const newest = notes.at(-1)
    const atMs = sources.nowMs()
    if (newest !== undefined && atMs - newest.atMs < NOTE_EVERY_MS) return newest
    const taken = { atMs, tail: sequenceOf(sources.tail()) }
    notes.push(taken)
    if (notes.length > MAX_NOTES) notes.shift()
    return taken
  }
  const stage = (name: string, report: StageReport, now: Note): StageStatus => {
    const done = sequenceOf(report.done)
    const missed = notes.find((earlier) => earlier.tail > done)
    return {
      name,
      count: report.count,
      waiting: Math.max(0, now.tail - done),
      lag_ms: missed === undefined ? 0 : Math.round(now.atMs - missed.atMs),
    }
  }
  return () => {
    const now = note()
    return [
      { name: 'collect', count: sources.ledger().accepted, waiting: 0, lag_ms: 0 },
      stage('recommend', sources.recommend(), now),
      stage('deliver', sources.deliver(), now),
    ]
  }
}

function sequenceOf(position: Position | null): number {
  return position === null ? 0 : Number(position.sequence_number)
}
