/**
 * app/alert: tells somebody outside that the night keeps failing, and that it is well again.
 *
 * In: failures and successes of the night, in the order in which they happen.
 * Out: one POST of JSON to the shop's webhook after the third failure in a row, one after the recovery.
 * Guarantee: tried three times; a webhook that cannot be reached is logged and harms nothing.
 * Invariant: of the failure it tells what the log tells, the coded error's own words, and nothing more.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../std/errors.ts'
import type { Clock } from '../std/clock.ts'
import type { Logger } from './log.ts'

/** The first failures may pass by themselves: a database that restarts, a disk that was full. */
const FAILURES_BEFORE_ALERT = 3
const ATTEMPTS_MAXIMUM = 3
const TIMEOUT_MS = 5000

export interface NightAlert {
  failed(fault: unknown): void
  succeeded(): void
}

export interface AlertOptions {
  /** Where to POST; null where nobody wants to know. */
  readonly url: string | null
  readonly clock: Clock
  readonly log: Logger
  /** Between two attempts to deliver one message. */
  readonly retryMs?: number
}

export function createNightAlert(options: AlertOptions): NightAlert {
  const { url, clock, log, retryMs = 10_000 } = options
  let failures = 0

  const send = async (event: 'night_failed' | 'night_recovered', text: string): Promise<void> => {
    if (url === null) return
    const body = JSON.stringify({ event, text, failures, at: new Date(clock.nowMs()).toISOString() })
    for (let attempt = 1; ; attempt++) {
      try {
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) })
        if (answer.ok) return
        throw new Error(`status ${answer.status}`)
      } catch (error) {
        if (attempt === ATTEMPTS_MAXIMUM) {
          log.error({ fault: messageOf(error) }, 'the alert was not taken')
          return
        }
        await pause(retryMs)
      }
    }
  }

  return {
    failed(fault) {
      failures += 1
      if (failures === FAILURES_BEFORE_ALERT)
        void send('night_failed', `The night failed ${failures} times in a row: ${messageOf(fault)}`)
    },
    succeeded() {
      if (failures >= FAILURES_BEFORE_ALERT) void send('night_recovered', 'The night came to its end again.')
      failures = 0
    },
  }
}
