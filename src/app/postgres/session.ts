/**
 * postgres/session: one client's conversation after it has shown its key: simple and extended queries.
 *
 * In: messages, in order.
 * Out: answers; after an error in the extended protocol nothing until the next Sync.
 * Invariant: nothing a client says changes anything; what it prepares is bounded.
 */
import type { SqlRunner } from '../../parts/sql/port.ts'
import { statementsOf } from '../../parts/sql/tokens.ts'
import { HemlineError } from '../../std/errors.ts'
import {
  askCatalogue,
  askLake,
  describeCatalogue,
  describedMessages,
  describeLake,
  kindOf,
  NO_BINDING,
  parametersOf,
  type Answer,
  type Binding,
  type StatementDescription,
} from './answers.ts'
import type { Catalogue } from './catalogue.ts'
import { faultResponse } from './faults.ts'
import {
  bindComplete,
  closeComplete,
  commandComplete,
  emptyQuery,
  fieldsOf,
  formatAt,
  noData,
  parameterDescription,
  parseComplete,
  portalSuspended,
  readyForQuery,
  type FieldReader,
  type FrontendMessage,
} from './messages.ts'
import { placeOf, type StatementPlace } from './statement-place.ts'

/** Prepared statements, and portals, of one client. */
const MAX_PREPARED = 256

export interface SessionOptions {
  readonly sql: SqlRunner
  readonly catalogue: Catalogue
  readonly send: (bytes: Buffer) => Promise<void>
  readonly onFault: (error: unknown) => void
}

export interface Session {
  /** @returns whether the client wants more; false after Terminate */
  take(message: FrontendMessage): Promise<boolean>
  /** Ends what runs, as the client's cancel request asks, or when it has gone. */
  cancel(): void
}

interface Prepared {
  readonly text: string
  readonly place: StatementPlace
  readonly declared: readonly number[]
  described: StatementDescription | null
}

interface Portal {
  readonly prepared: Prepared
  readonly binding: Binding
  answer: Answer | null
  /** Rows sent so far. */
  sent: number
}

/** What a conversation knows from one message to the next. */
interface State extends Pick<SessionOptions, 'sql' | 'catalogue' | 'send'> {
  readonly statements: Map<string, Prepared>
  readonly portals: Map<string, Portal>
  /** Idle, or in a transaction. */
  status: 'I' | 'T'
  /** Whether an error makes everything up to the next Sync void. */
  isSkipping: boolean
  running: AbortController | null
}

export function createSession({ sql, catalogue, send, onFault }: SessionOptions): Session {
  const state: State = {
    sql,
    catalogue,
    send,
    statements: new Map(),
    portals: new Map(),
    status: 'I',
    isSkipping: false,
    running: null,
  }
  return {
    async take({ type, body }) {
      if (type === 'X') return false
      try {
        if (type === 'Q') await simpleQuery(state, fieldsOf(body).text())
        else if (type !== 'S' && !state.isSkipping) await extendedQuery(state, type, fieldsOf(body))
      } catch (error) {
        if (!(error instanceof HemlineError)) onFault(error)
        state.isSkipping = type !== 'Q'
        await send(faultResponse(error))
      }
      if (type === 'Q' || type === 'S') {
        state.isSkipping = false
        // Portals end with their transaction.
        if (state.status === 'I') state.portals.clear()
        await send(readyForQuery(state.status))
      }
      return true
    },
    cancel: () => state.running?.abort(),
  }
}

async function simpleQuery(state: State, text: string): Promise<void> {
  const parts = statementsOf(text)
  if (parts.length === 0) await state.send(emptyQuery)
  for (const part of parts) {
    const prepared: Prepared = { text: part, place: placeOf(part), declared: [], described: null }
    const { description, rows, end } = await ask(state, prepared, NO_BINDING)
    await state.send(Buffer.concat([...(description === noData ? [] : [description]), ...rows, end]))
    if (kindOf(end) === 'E') return
  }
}

async function extendedQuery(state: State, type: string, fields: FieldReader): Promise<void> {
  const { statements, portals, send } = state
  if (type === 'P') {
    const name = fields.text()
    const text = fields.text()
    const declared = Array.from({ length: fields.int16() }, () => fields.int32())
    keep(statements, name, { text, place: placeOf(text), declared, described: null })
    await send(parseComplete)
  } else if (type === 'B') {
    const name = fields.text()
    const prepared = found(statements, fields.text(), 'prepared statement')
    keep(portals, name, { prepared, binding: bindingOf(fields.rest()), answer: null, sent: 0 })
    await send(bindComplete)
  } else if (type === 'D') {
    const isPortal = fields.bytes(1).toString() === 'P'
    await (isPortal ? describePortal : describeStatement)(state, fields.text())
  } else if (type === 'E') await execute(state, fields.text(), fields.int32())
  else if (type === 'C') {
    const kept = fields.bytes(1).toString() === 'P' ? portals : statements
    kept.delete(fields.text())
    await send(closeComplete)
  } else if (type !== 'H') throw protocolFault(`the message ${type}`)
}

async function describeStatement(state: State, name: string): Promise<void> {
  const prepared = found(state.statements, name, 'prepared statement')
  const { text, place, declared } = prepared
  if (place.kind === 'lake') return state.send(Buffer.concat(describedMessages(await described(state, prepared))))
  if (place.kind !== 'catalogue') return state.send(Buffer.concat([parameterDescription([]), noData]))
  const messages = await describeCatalogue(state.catalogue, text, declared)
  state.isSkipping ||= messages.some((part) => kindOf(part) === 'E')
  return state.send(Buffer.concat(messages))
}

/** Asks already, since only the answer has the types for sure; Execute then sends the rows. */
async function describePortal(state: State, name: string): Promise<void> {
  const portal = found(state.portals, name, 'portal')
  portal.answer ??= await ask(state, portal.prepared, portal.binding)
  const { description, rows, end } = portal.answer
  const isRefused = kindOf(end) === 'E' && rows.length === 0
  state.isSkipping ||= isRefused
  await state.send(isRefused ? end : description)
}

/** @param mostRows 0 for all */
async function execute(state: State, name: string, mostRows: number): Promise<void> {
  const portal = found(state.portals, name, 'portal')
  portal.answer ??= await ask(state, portal.prepared, portal.binding)
  const { rows, end } = portal.answer
  const upto = mostRows > 0 ? Math.min(rows.length, portal.sent + mostRows) : rows.length
  const part = rows.slice(portal.sent, upto)
  portal.sent = upto
  const isSuspended = upto < rows.length
  state.isSkipping ||= !isSuspended && kindOf(end) === 'E'
  await state.send(Buffer.concat([...part, isSuspended ? portalSuspended : end]))
}

async function ask(state: State, prepared: Prepared, binding: Binding): Promise<Answer> {
  const { text, place, declared } = prepared
  if (place.kind === 'empty') return { description: noData, rows: [], end: emptyQuery }
  if (place.kind === 'session') {
    if (place.transaction !== null) state.status = place.transaction === 'begin' ? 'T' : 'I'
    return { description: noData, rows: [], end: commandComplete(place.tag) }
  }
  if (place.kind === 'catalogue') return askCatalogue(state.catalogue, text, { binding, declared })
  // A binary value has the type that the client declared or was told.
  const told = binding.valueFormats.includes(1) ? (await described(state, prepared)).parameterOids : []
  const oids = binding.values.map(
    (_, index) => declared[index] || (formatAt(binding.valueFormats, index) === 1 ? (told[index] ?? 0) : 0),
  )
  const running = new AbortController()
  state.running = running
  try {
    return await askLake(state.sql, {
      text,
      parameters: parametersOf(binding, oids),
      formats: binding.resultFormats,
      fields: prepared.described?.fields ?? null,
      signal: running.signal,
    })
  } finally {
    state.running = null
  }
}

async function described(state: State, prepared: Prepared): Promise<StatementDescription> {
  prepared.described ??= await describeLake(state.sql, prepared.text, prepared.declared)
  return prepared.described
}

function bindingOf(raw: Buffer): Binding {
  const fields = fieldsOf(raw)
  const valueFormats = Array.from({ length: fields.int16() }, () => fields.int16())
  const values = Array.from({ length: fields.int16() }, () => {
    const length = fields.int32()
    return length === -1 ? null : fields.bytes(length)
  })
  const resultFormats = Array.from({ length: fields.int16() }, () => fields.int16())
  return { raw, values, valueFormats, resultFormats }
}

function keep<Kept>(map: Map<string, Kept>, name: string, value: Kept): void {
  if (map.size >= MAX_PREPARED && !map.has(name)) throw protocolFault(`more than ${MAX_PREPARED} prepared statements`)
  map.set(name, value)
}

function found<Kept>(map: ReadonlyMap<string, Kept>, name: string, what: string): Kept {
  const value = map.get(name)
  if (value === undefined) throw protocolFault(`the ${what} "${name.slice(0, 64)}", which there is not`)
  return value
}

function protocolFault(got: string): HemlineError {
  return new HemlineError('HEM_SQL_REQUEST_INVALID', {
    subject: 'message of the PostgreSQL protocol',
    expected: 'a simple or an extended query',
    got,
    remedy: 'prepare the statement first, and read only',
  })
}
