/**
 * app/children/pglite-gate: lets many connections share the one session that PGlite has.
 *
 * In: protocol messages of several clients.
 * Out: each client's answers, as if it were alone.
 * Invariant: from a client's first message until the server is idle again, no other client's message gets through.
 */
import type { PGlite } from '@electric-sql/pglite'
import type { PGLiteSocketHandler } from '@electric-sql/pglite-socket'

/** Messages waiting for their turn; a client that floods is cut off. */
const WAITING_MAXIMUM = 10_000
const TERMINATE = 0x58
const SYNC = new Uint8Array([0x53, 0, 0, 0, 4])
/** ReadyForQuery with status idle: outside any transaction. */
const IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

type MessageQueue = ConstructorParameters<typeof PGLiteSocketHandler>[0]['queryQueue']

interface Waiting {
  readonly clientId: number
  readonly message: Uint8Array
  readonly onData: (data: Uint8Array) => void
  readonly resolve: (bytes: number) => void
  readonly reject: (cause: unknown) => void
}

/**
 * The socket package has a queue of its own, which takes turns by single message: two clients that each send Parse, Bind
 * and Execute get their unnamed statements mixed up, and a message that throws stops it for good. This one takes turns
 * by the time between two idle states.
 */
export function pgliteGate(db: PGlite): MessageQueue {
  let waiting: Waiting[] = []
  let owner: number | null = null
  let running: Promise<void> | null = null

  const takeNext = (): Waiting | undefined => {
    const index = owner === null ? 0 : waiting.findIndex((entry) => entry.clientId === owner)
    return index === -1 ? undefined : waiting.splice(index, 1)[0]
  }

  const drain = async (): Promise<void> => {
    for (let entry = takeNext(); entry !== undefined; entry = takeNext()) {
      // Ending a connection must not end the session that the others share.
      if (entry.message[0] === TERMINATE) {
        entry.resolve(0)
        continue
      }
      try {
        const { bytes, isIdle } = await send(db, entry)
        owner = isIdle ? null : entry.clientId
        entry.resolve(bytes)
      } catch (cause) {
        owner = null
        entry.reject(cause)
      }
    }
  }

  const start = (): void => {
    running ??= drain().finally(() => {
      running = null
      if (waiting.length > 0 && (owner === null || waiting.some((entry) => entry.clientId === owner))) start()
    })
  }

  const gate = {
    enqueue(clientId: number, message: Uint8Array, onData: (data: Uint8Array) => void): Promise<number> {
      if (waiting.length >= WAITING_MAXIMUM) return Promise.reject(new Error('too many messages wait for the database'))
      return new Promise((resolve, reject) => {
        waiting.push({ clientId, message, onData, resolve, reject })
        start()
      })
    },
    getQueueLength: () => waiting.length,
    clearQueueForHandler(clientId: number) {
      for (const entry of waiting) if (entry.clientId === clientId) entry.reject(new Error('client left'))
      waiting = waiting.filter((entry) => entry.clientId !== clientId)
    },
    /** Called when a client leaves: whatever it left open is rolled back before another gets its turn. */
    async clearTransactionIfNeeded(clientId: number) {
      await running
      if (owner !== clientId) return
      await db.execProtocolRaw(SYNC)
      await db.exec('ROLLBACK')
      owner = null
      start()
    },
  }
  return gate as unknown as MessageQueue
}

async function send(db: PGlite, entry: Waiting): Promise<{ readonly bytes: number; readonly isIdle: boolean }> {
  let bytes = 0
  let tail: Buffer = Buffer.alloc(0)
  await db.runExclusive(() =>
    db.execProtocolRawStream(entry.message, {
      onRawData: (data) => {
        bytes += data.length
        tail = Buffer.concat([tail, data.subarray(-IDLE.length)]).subarray(-IDLE.length)
        entry.onData(data)
      },
    }),
  )
  return { bytes, isIdle: tail.equals(IDLE) }
}
