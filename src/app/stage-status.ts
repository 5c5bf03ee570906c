/**
 * app/stage-status: what each stage has done, kept fresh by asking the workers now and then.
 *
 * In: a pipeline.
 * Out: the stages' counts and lags.
 * Invariant: an answer is at most a quarter of a second old and never waits for a busy worker.
 */
import { embeddedPosition, type Position } from '../parts/stream/position.ts'
import type { Pipeline } from './pipeline.ts'
import { createStatus, type StageReport, type StageStatus } from './status.ts'

export interface StageStatusReader {
  readonly read: () => readonly StageStatus[]
}

const ASK_EVERY_MS = 250

export function createStageStatus(pipeline: Pipeline): StageStatusReader {
  let deliver: StageReport = { done: null, count: 0 }
  let learned: StageReport = { done: null, count: 0 }
  const status = createStatus({
    ledger: pipeline.collector.ledger,
    tail: (): Position | null => {
      const tail = pipeline.stream.doorbell.tail()
      return tail === 0 ? null : embeddedPosition(tail)
    },
    recommend: () => learned,
    deliver: () => deliver,
    nowMs: () => performance.now(),
  })
  const ask = () => {
    void pipeline.recommend.call<StageReport>('status', null).then(
      (report) => (learned = report),
      () => undefined,
    )
    void pipeline.lake.call<StageReport>('status', null).then(
      (report) => (deliver = report),
      () => undefined,
    )
  }
  setInterval(ask, ASK_EVERY_MS).unref()
  ask()
  return { read: status }
}
