/**
 * app/schedule: what happens by the clock: deliveries every few seconds, the night at 00:01 shop time, trimming of the stream.
 *
 * In: a pipeline.
 * Out: calls to the lake's worker.
 * Guarantee: a night that was missed while Hemline was down runs at the next start, in the order of its dates. One that
 *   keeps failing is told to the webhook.
 * Invariant: at most one delivery and one night are under way; a failure is logged and tried again.
 */
import { createNightAlert } from './alert.ts'
import { messageOf } from '../std/errors.ts'
import { nextNight } from '../steps/extract/due-nights.ts'
import type { Pipeline } from './pipeline.ts'
import { createRetention } from './retention.ts'

export interface Schedule {
  /** When the next night runs, in words. */
  nextText(): string
  /** Runs the nights that were missed, if any. */
  catchUp(): void
  stop(): void
}

const RETRY_FIRST_MS = 30_000
const RETRY_LAST_MS = 30 * 60_000
/** The wall clock can be set while a timer waits, so the date is looked at again this often. */
const LOOK_MS = 30_000
const RETENTION_LOOK_MS = 10 * 60_000

export function startSchedule(pipeline: Pipeline): Schedule {
  const { clock, config, lake, log, shopdb } = pipeline
  const alert = createNightAlert({ url: config.alertUrl, clock, log })
  let isStopped = false
  let isDelivering = false
  let isNight = false
  let retryMs = 0
  const nextDueMs = () => nextNight(clock.nowMs(), config.timeZone).dueMs
  /** When the next attempt is due: the next night, or the next try of one that failed. */
  let attemptMs = nextDueMs()
  /** False for the nights that a start catches up with: the days before it were not usual ones. */
  let isScheduled = true

  const deliver = async () => {
    if (isDelivering || isStopped) return
    isDelivering = true
    try {
      await lake.call('deliver', null)
    } catch (error) {
      if (!isStopped) log.error({ fault: messageOf(error) }, 'a delivery failed; the next one tries again')
    } finally {
      isDelivering = false
    }
  }

  const night = async () => {
    // A night may take an hour, and an erasure that is due must not wait behind it.
    if (isStopped || isNight || !pipeline.isReady() || clock.nowMs() < attemptMs) return
    isNight = true
    try {
      const summary = await lake.call<{ report: unknown; text: string }>('nights', {
        shopdbUrl: await shopdb.url(),
        shopdbMapping: config.shopdbMapping,
        date: null,
        since: null,
        expectsUsualDay: isScheduled,
        despiteChecks: false,
      })
      if (summary.report !== null) log.info({ night: summary.text }, 'the night is done')
      retryMs = 0
      alert.succeeded()
      attemptMs = nextDueMs()
      isScheduled = true
    } catch (error) {
      retryMs = Math.min(RETRY_LAST_MS, Math.max(RETRY_FIRST_MS, retryMs * 2))
      attemptMs = clock.nowMs() + retryMs
      if (isStopped) return
      log.error({ fault: messageOf(error), retryInMs: retryMs }, 'the night failed')
      alert.failed(error)
    } finally {
      isNight = false
    }
  }

  const deliveries = setInterval(() => void deliver(), config.deliverSeconds * 1000)
  const nights = setInterval(() => void night(), LOOK_MS)
  const retention = createRetention(pipeline)
  const trimmings = setInterval(() => void retention.look(), RETENTION_LOOK_MS)
  return {
    nextText: () => `${shopText(nextDueMs(), config.timeZone)} (${config.timeZone})`,
    catchUp() {
      isScheduled = false
      attemptMs = clock.nowMs()
      pipeline.ready.then(night).catch(() => undefined)
    },
    stop() {
      isStopped = true
      clearInterval(deliveries)
      clearInterval(nights)
      clearInterval(trimmings)
    },
  }
}

function shopText(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(ms)
}
