/**
 * aws/access: how every adapter of this wing reaches its service.
 *
 * In: a region; where the services are not Amazon's own, their address and keys.
 * Out: the settings a client of the SDK takes.
 * Invariant: nothing is read from the environment here; without keys the SDK finds the role of the machine it runs on. The
 *   SDK tries once: whoever calls says what is tried again, and how.
 */
import type { Backoff } from '../../std/retry.ts'

export interface AwsAccess {
  readonly region: string
  /** Address of a service that stands in for Amazon's. */
  readonly endpoint?: string
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  /** From 0 up to 1; spreads pauses between tries. */
  readonly random: () => number
  /** Longest wait for the answer to one try; 5 s where absent. */
  readonly answerMs?: number
}

const CONNECT_MS = 1000
/** The services answer in a hundredth of it. */
const ANSWER_MS = 5000

export function clientSettings({ region, endpoint, credentials, answerMs = ANSWER_MS }: AwsAccess) {
  return {
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: answerMs, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  }
}

/** Six tries within some three seconds, since a browser or a batch waits meanwhile. */
export function backoffOf({ random }: AwsAccess): Backoff {
  return { attempts: 6, firstMs: 50, longestMs: 1600, random }
}
