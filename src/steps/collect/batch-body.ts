/**
 * collect/batch-body: the entries of a body that may hold one or many.
 *
 * In: a parsed body: one entry, a list of entries, or an object that holds the list under its name.
 * Out: the entries, and when the client says that it sent them.
 * Invariant: more entries than the call takes are refused as a whole, never cut.
 */
import { HemlineError } from '../../std/errors.ts'

export interface Entries {
  readonly entries: readonly unknown[]
  readonly sentAt: unknown
}

export interface EntryList {
  readonly name: 'events' | 'products' | 'rules'
  readonly most: number
}

/** @throws HEM_BATCH_INVALID */
export function entriesOf(body: unknown, list: EntryList): Entries {
  if (Array.isArray(body)) return { entries: within(body, list), sentAt: null }
  if (typeof body !== 'object' || body === null) throw invalidBatch(list.name, 'another JSON value')
  const fields = body as Readonly<Record<string, unknown>>
  const sentAt = fields['sent_at']
  if (!Object.hasOwn(fields, list.name)) return { entries: [body], sentAt }
  const entries = fields[list.name]
  if (!Array.isArray(entries)) throw invalidBatch(list.name, `"${list.name}" that is no list`)
  return { entries: within(entries, list), sentAt }
}

function within(entries: readonly unknown[], { name, most }: EntryList) {
  if (entries.length > most) throw invalidBatch(name, `${entries.length} of them, more than ${most}`)
  return entries
}

function invalidBatch(name: string, got: string): HemlineError {
  return new HemlineError('HEM_BATCH_INVALID', {
    subject: 'the body',
    expected: `one of the ${name}, a list of them, or {"${name}":[…]}`,
    got,
    remedy: 'correct it and send it again',
  })
}
