/**
 * extract/erased-orders: orders of people who have been erased become those of a guest.
 *
 * In: a file of orders, one a line as JSON; who has been erased.
 * Out: the same file with the same orders and sums; an erased person's without their `user_id`.
 * Invariant: lines of others stay as they are; memory holds some thousand lines.
 */
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import type { Admission } from '../../parts/access/suppression.ts'

/** Users whose answer is remembered, since each one costs a hash. */
const REMEMBERED_MAX = 100_000

export async function withoutErased(path: string, admission: Admission): Promise<void> {
  const ask = remembered(admission)
  const fresh = `${path}.new`
  const out = createWriteStream(fresh, { mode: 0o600 })
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!out.write(`${guestOrder(line, ask)}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
  await rename(fresh, path)
}

function guestOrder(line: string, ask: Admission): string {
  if (line === '') return line
  const order = JSON.parse(line) as { readonly user_id: string | null; readonly order_date: string }
  if (order.user_id === null) return line
  const from = ask(order.user_id)
  if (from !== null && (from === '' || Date.parse(order.order_date) >= Date.parse(from))) return line
  return JSON.stringify({ ...order, user_id: null })
}

function remembered(admission: Admission): Admission {
  const answers = new Map<string, string | null>()
  return (userId) => {
    const known = answers.get(userId)
    if (known !== undefined) return known
    const answer = admission(userId)
    if (answers.size < REMEMBERED_MAX) answers.set(userId, answer)
    return answer
  }
}
