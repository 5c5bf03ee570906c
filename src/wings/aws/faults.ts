/**
 * aws/faults: what a fault of a service means for whoever called it.
 *
 * In: anything thrown by the SDK.
 * Out: whether the service is busy, said no, or gave no answer.
 * Invariant: without an answer the call may have been carried out.
 */
export type FaultKind = 'throttled' | 'refused' | 'unanswered'

/** Said by the services in a 400 or a 429, yet they pass by themselves. */
const THROTTLES: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'KMSThrottlingException',
  'TooManyRequestsException',
  'SlowDown',
])

export function faultKindOf(fault: unknown): FaultKind {
  if (!(fault instanceof Error)) return 'unanswered'
  if (THROTTLES.has(fault.name)) return 'throttled'
  // The SDK takes a 500 without a known name for the caller's fault.
  if ((statusOf(fault) ?? 0) >= 500) return 'unanswered'
  return '$fault' in fault && fault.$fault === 'client' ? 'refused' : 'unanswered'
}

export function isPassing(fault: unknown): boolean {
  return faultKindOf(fault) !== 'refused'
}

export function isNamed(fault: unknown, name: string): boolean {
  return fault instanceof Error && fault.name === name
}

/** HTTP status of a service's answer; null where none came. */
export function statusOf(fault: unknown): number | null {
  if (typeof fault !== 'object' || fault === null || !('$metadata' in fault)) return null
  return (fault.$metadata as { readonly httpStatusCode?: number }).httpStatusCode ?? null
}
