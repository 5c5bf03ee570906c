/**
 * page/shop: everything the page says to the server and hears from it.
 *
 * In: what the shopper does.
 * Out: events sent, lists read, orders placed, and slates as they come.
 * Invariant: the visitor's id and the count of events live in this browser alone.
 */
import { IS_ONE_MACHINE, KEY } from './place.js'

const VISITOR = 'hemline.visitor'
const SEQUENCE = 'hemline.sequence'
const RETRY_MS = 2000
/** After an event is accepted; a function makes the slate within a second or two. */
const ASK_AFTER_MS = [700, 1500, 3000]

/** Private windows may refuse storage; then the page forgets, and works. */
const memory = new Map()
const stored = {
  get(name) {
    try {
      return localStorage.getItem(name)
    } catch {
      return memory.get(name) ?? null
    }
  },
  set(name, value) {
    memory.set(name, value)
    try {
      localStorage.setItem(name, value)
    } catch {
      // Kept in memory.
    }
  },
}

function randomHex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
}

export function visitorId() {
  return stored.get(VISITOR) ?? newVisitor()
}

/** Forgets who was here. */
export function newVisitor() {
  const id = `v-${randomHex(12)}`
  stored.set(VISITOR, id)
  stored.set(SEQUENCE, '0')
  return id
}

function nextSequence() {
  const next = Number(stored.get(SEQUENCE) ?? 0) + 1
  stored.set(SEQUENCE, String(next))
  return next
}

const listeners = { sent: [], accepted: [] }

/** Calls back with (event) when one is sent, and with (event, ms) when the server has it on disk. */
export function onEvent(kind, listener) {
  listeners[kind].push(listener)
}

/** Sends one event; resolves true when it is on disk. */
export async function sendEvent(type, fields = {}) {
  const event = {
    event_id: randomHex(16),
    event_type: type,
    timestamp: new Date().toISOString(),
    visitor_id: visitorId(),
    client_sequence: nextSequence(),
    page_url: location.href,
    locale: navigator.language,
    ...fields,
  }
  const startedMs = performance.now()
  for (const listener of listeners.sent) listener(event, startedMs)
  try {
    const answer = await fetch('/v1/events', {
      method: 'POST',
      keepalive: true,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ events: [event], sent_at: new Date().toISOString() }),
    })
    if (!answer.ok) return false
    for (const listener of listeners.accepted) listener(event, performance.now() - startedMs)
    return true
  } catch {
    return false
  }
}

async function read(path, parameters = {}) {
  const query = new URLSearchParams({ ...parameters, locale: navigator.language })
  const answer = await fetch(`${path}?${query}`, { headers: { authorization: `Bearer ${KEY}` } })
  if (!answer.ok) throw new Error(await reasonOf(answer))
  return answer.json()
}

async function reasonOf(answer) {
  const problem = await answer.json().catch(() => ({}))
  return problem.detail ?? problem.title ?? `The server answered ${answer.status}.`
}

export const readSlate = (placement, limit) =>
  read('/v1/recommendations', { placement, limit: String(limit), visitor_id: visitorId() })
export const readSimilar = (productId) => read(`/v1/products/${encodeURIComponent(productId)}/similar`, { limit: '10' })
export const readGoesWith = (productId) =>
  read(`/v1/products/${encodeURIComponent(productId)}/goes-with`, { limit: '10' })

/** The catalogue's own fields; this address takes no locale. */
export async function readProduct(productId) {
  const answer = await fetch(`/v1/products/${encodeURIComponent(productId)}?key=${KEY}`)
  if (!answer.ok) throw new Error(await reasonOf(answer))
  const { id, ...fields } = await answer.json()
  return { product_id: id, ...fields }
}

export async function readRising(dimension) {
  const answer = await fetch(`/v1/trending?by=${dimension}&limit=3&key=${KEY}`)
  if (!answer.ok) return []
  return (await answer.json()).items.map((item) => item.value)
}

/** @returns {Promise<{ order_id: string, total_price: string }>} */
export async function placeOrder(lines) {
  const answer = await fetch('/shop/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ visitor_id: visitorId(), lines }),
  })
  if (!answer.ok) throw new Error(await reasonOf(answer))
  return answer.json()
}

export async function readStatus() {
  const answer = await fetch('/demo/status', { headers: { authorization: `Bearer ${KEY}` } })
  if (!answer.ok) throw new Error(await reasonOf(answer))
  return answer.json()
}

/** Follows the visitor's slates until the returned function is called. */
export function followSlates(limit, { onSlate, onTrouble }) {
  return IS_ONE_MACHINE ? followStream(limit, { onSlate, onTrouble }) : askAfterEvents(limit, { onSlate, onTrouble })
}

function followStream(limit, { onSlate, onTrouble }) {
  let source = null
  let retry = 0
  const open = () => {
    const query = new URLSearchParams({
      visitor_id: visitorId(),
      placement: 'home',
      limit: String(limit),
      locale: navigator.language,
      key: KEY,
    })
    source = new EventSource(`/v1/recommendations/stream?${query}`)
    source.addEventListener('slate', (message) => onSlate(JSON.parse(message.data)))
    source.addEventListener('error', () => {
      onTrouble()
      // The browser tries again by itself, but not after an answer such as 503.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS)
    })
  }
  open()
  return () => {
    clearTimeout(retry)
    source.close()
  }
}

/** Where no stream is held open: asks a few times after each event, and tells of a slate once. */
function askAfterEvents(limit, { onSlate, onTrouble }) {
  let timers = []
  let shown = null
  let isOver = false
  const ask = async () => {
    try {
      const slate = await readSlate('home', limit)
      if (isOver || slate.slate_id === shown) return
      shown = slate.slate_id
      onSlate(slate)
    } catch {
      onTrouble()
    }
  }
  onEvent('accepted', () => {
    timers.forEach(clearTimeout)
    timers = isOver ? [] : ASK_AFTER_MS.map((ms) => setTimeout(() => void ask(), ms))
  })
  void ask()
  return () => {
    isOver = true
    timers.forEach(clearTimeout)
  }
}
