/**
 * aws/stream/stream-faults: faults of Kinesis in Hemline's words.
 *
 * In: what the SDK threw, or a code of one record of a call.
 * Out: coded errors.
 * Invariant: after any of them nothing of the call was acknowledged, and it may be made again.
 */
import { HemlineError, messageOf } from '../../../std/errors.ts'
import { faultKindOf } from '../faults.ts'

export function appendFault(stream: string, fault: unknown): HemlineError {
  if (faultKindOf(fault) === 'throttled') {
    return new HemlineError('HEM_STREAM_FULL', {
      subject: `stream "${stream}"`,
      expected: 'room in the shard',
      got: messageOf(fault),
      remedy: 'send again after the time in Retry-After; a shard takes 1 MB and 1,000 records a second',
      cause: fault,
    })
  }
  return new HemlineError('HEM_STREAM_WRITE_FAILED', {
    subject: `stream "${stream}"`,
    expected: 'every record accepted',
    got: messageOf(fault),
    remedy: 'send again; look at the name, the region and the role where it stays so',
    cause: fault,
  })
}

export function readFault(stream: string, fault: unknown): HemlineError {
  return new HemlineError('HEM_STREAM_READ_FAILED', {
    subject: `stream "${stream}"`,
    expected: 'its records',
    got: messageOf(fault),
    remedy: 'read again; look at the name, the region and the role where it stays so',
    cause: fault,
  })
}

export function closedFault(stream: string): HemlineError {
  return new HemlineError('HEM_STREAM_CLOSED', {
    subject: `stream "${stream}"`,
    expected: 'to be open',
    got: 'a writer that is closed',
    remedy: 'send again once Hemline has started',
  })
}

export function queueFault(stream: string, { most, waiting }: { most: number; waiting: number }): HemlineError {
  return new HemlineError('HEM_STREAM_FULL', {
    subject: `stream "${stream}"`,
    expected: `less than ${most} bytes waiting for it`,
    got: `${waiting}`,
    remedy: 'send again after the time in Retry-After',
  })
}
