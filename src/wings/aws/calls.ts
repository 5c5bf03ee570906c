/**
 * aws/calls: calls that may be made again, and what it means where they fail in the end.
 *
 * In: a call that changes nothing when it is repeated.
 * Out: its answer, or a coded error.
 * Invariant: no secret and no signed address stands in a message.
 */
import { HemlineError, messageOf } from '../../std/errors.ts'
import { retry } from '../../std/retry.ts'
import { backoffOf, type AwsAccess } from './access.ts'
import { isNamed, isPassing, statusOf } from './faults.ts'

/** @throws what the SDK threw last */
export function repeated<Result>(access: AwsAccess, call: () => Promise<Result>): Promise<Result> {
  // What is coded already was thrown by our own use of an answer.
  const mayPass = (fault: unknown): boolean => !(fault instanceof HemlineError) && isPassing(fault)
  return retry(call, { ...backoffOf(access), isPassing: mayPass })
}

/** A fault that no adapter can do anything about: a service refuses us, or does not do what it should. */
export function serviceFault(subject: string, fault: unknown): HemlineError {
  if (fault instanceof HemlineError) return fault
  const name = fault instanceof Error ? fault.name : 'fault'
  const isRefusal = [401, 403].includes(statusOf(fault) ?? 0) || REFUSALS.some((refusal) => isNamed(fault, refusal))
  return new HemlineError(isRefusal ? 'HEM_AWS_REFUSED' : 'HEM_AWS_UNAVAILABLE', {
    subject,
    expected: isRefusal ? 'a role that may do this' : 'an answer',
    got: `${name}: ${messageOf(fault)}`,
    remedy: isRefusal ? 'give the role the permission that the message names' : 'try again; the service may be slow',
    cause: fault,
  })
}

const REFUSALS = ['AccessDeniedException', 'CredentialsProviderError', 'UnrecognizedClientException']
