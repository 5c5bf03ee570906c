/**
 * model/session/session-image: all sessions as a few flat arrays.
 *
 * In: the sessions, least recently active first.
 * Out: the same sessions in the same order.
 * Invariant: the order of leaving survives, so eviction after a restart is what it would have been.
 */
import type { ImageReader, ImageWriter } from '../image-bytes.ts'
import { NOTHING, type Session, type Sessions } from './session.ts'

/** Numbers before a session's lists: number, item count, and the lengths of its lists. */
const HEAD = 6

export function writeSessions(writer: ImageWriter, sessions: Sessions): void {
  const keys: string[] = []
  const times = new Float64Array(sessions.size)
  let length = 0
  for (const session of sessions.values()) length += HEAD + session.items.length * 2 + rest(session)
  const flat = new Int32Array(length)
  let at = 0
  for (const [key, session] of sessions) {
    times[keys.length] = session.lastMs
    keys.push(key)
    const lists = [session.items, session.weights, session.earlier, session.cart, session.bought]
    flat.set(
      [
        session.number,
        session.itemCount,
        session.items.length,
        session.earlier.length,
        session.cart.length,
        session.bought.length,
      ],
      at,
    )
    at += HEAD
    for (const list of lists) {
      flat.set(list, at)
      at += list.length
    }
  }
  writer.json(keys)
  writer.numbers(times, times.length)
  writer.numbers(flat, flat.length)
}

function rest(session: Session): number {
  return session.earlier.length + session.cart.length + session.bought.length
}

export function readSessions(reader: ImageReader, sessions: Sessions): void {
  const keys = reader.json() as readonly string[]
  const times = reader.float64()
  const flat = reader.int32()
  let at = 0
  for (const [place, key] of keys.entries()) {
    const head = at
    const lengthOf = (field: number): number => flat[head + field]
    at += HEAD
    // Room for just what is there: lists that grow by pushing would hold several times as much.
    const take = (length: number): number[] => {
      if (length === 0) return NOTHING
      const list = Array<number>(length)
      for (let i = 0; i < length; i++) list[i] = flat[at++]
      return list
    }
    sessions.set(key, {
      number: flat[head],
      itemCount: flat[head + 1],
      lastMs: times[place],
      items: take(lengthOf(2)),
      weights: take(lengthOf(2)),
      earlier: take(lengthOf(3)),
      cart: take(lengthOf(4)),
      bought: take(lengthOf(5)),
    })
  }
}
