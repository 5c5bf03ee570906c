/**
 * model/session/session-image: all sessions as a few flat arrays.
 *
 * In: the sessions, least recently active first.
 * Out: the same sessions in the same order.
 * Invariant: the order of leaving survives, so eviction after a restart is what it would have been.
 */
import type { ImageReader, ImageWriter } from '../image-bytes.ts'
import type { Session, Sessions } from './session.ts'

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
    const [number, itemCount, items, earlier, cart, bought] = flat.subarray(at, at + HEAD)
    at += HEAD
    const take = (length: number): number[] => {
      at += length
      return Array.from(flat.subarray(at - length, at))
    }
    sessions.set(key, {
      number,
      itemCount,
      lastMs: times[place],
      items: take(items),
      weights: take(items),
      earlier: take(earlier),
      cart: take(cart),
      bought: take(bought),
    })
  }
}
