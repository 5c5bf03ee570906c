/**
 * page/pipeline: shows what the pipeline does while one shops.
 *
 * In: this page's own events and slates, and the server's status each second.
 * Out: the way of the last click with its milliseconds, counts and lags per stage, the last events of everybody.
 * Invariant: asks for nothing while the page is hidden.
 */
import { element } from './cards.js'
import { IS_ONE_MACHINE } from './place.js'
import { onEvent, readStatus, visitorId } from './shop.js'

const POLL_MS = 1000
const EVENTS_SHOWN = 10
const SAME_CLICK_MS = 3000
const find = (id) => document.getElementById(id)

const STAGE_WORDS = {
  collect: 'Collected',
  stream: 'In the stream',
  recommend: 'Slates made',
  respond: 'Slates read',
  deliver: 'In the lake',
  refine: 'Cleaned',
  extract: 'Copied at night',
}

let last = null

/** Events that a slate answers. */
const LEARNED = new Set(['product_view', 'add_to_cart', 'remove_from_cart', 'purchase', 'recommendation_click'])

export function setUpPipeline() {
  onEvent('sent', (event, startedMs) => {
    if (!LEARNED.has(event.event_type)) return
    find('event').textContent = describe(event)
    if (isSameClick(event, startedMs)) return
    last = { event, startedMs, isAnswered: false }
    showStep('sent', 0)
    showStep('accepted', null)
    showStep('slate', null)
  })
  onEvent('accepted', (event, ms) => event === last?.event && showStep('accepted', ms))
  if (IS_ONE_MACHINE) void poll()
  else find('panel').hidden = true
}

/** A click on a suggestion is two events, the click and the view that follows; the clock starts with the first. */
function isSameClick(event, startedMs) {
  return (
    event.event_type === 'product_view' &&
    last?.event.event_type === 'recommendation_click' &&
    last.event.product_id === event.product_id &&
    startedMs - last.startedMs < SAME_CLICK_MS
  )
}

/** Tells that a new slate came; says how long after the last click, or null where no click waits for one. */
export function slateCame() {
  if (last === null || last.isAnswered) return null
  last.isAnswered = true
  const ms = performance.now() - last.startedMs
  showStep('slate', ms)
  return ms
}

export function forgetLastClick() {
  last = null
  for (const step of ['sent', 'accepted', 'slate']) showStep(step, null)
  find('event').textContent = 'Click a product.'
}

function showStep(step, ms) {
  const row = find('steps').querySelector(`[data-step="${step}"]`)
  row.classList.toggle('done', ms !== null)
  row.querySelector('output').textContent = ms === null ? '–' : durationText(ms)
}

function describe(event) {
  const about = event.product_id ?? event.items?.map((item) => item.product_id).join(', ') ?? ''
  return `${event.event_type} ${about}\nvisitor ${event.visitor_id.slice(0, 8)}…  sequence ${event.client_sequence}`
}

export function durationText(ms) {
  if (ms < 1) return '0 ms'
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}

async function poll() {
  if (!document.hidden) {
    try {
      showStatus(await readStatus())
      find('pipeline-note').textContent = ''
    } catch {
      find('pipeline-note').textContent = 'The server does not answer; trying again.'
    }
  }
  setTimeout(() => void poll(), POLL_MS)
}

function showStatus(status) {
  const rows = (status.stages ?? []).map((stage) => {
    const name = element('th', '', STAGE_WORDS[stage.name] ?? stage.name)
    name.scope = 'row'
    const count = element('td', '', Number(stage.count).toLocaleString())
    return element('tr', '', name, count, element('td', '', durationText(stage.lag_ms ?? 0)))
  })
  find('stages').replaceChildren(...rows)
  showFacts(status.shop ?? {})
  const mine = visitorId()
  const events = (status.last_events ?? []).slice(0, EVENTS_SHOWN).map((event) => {
    const what = element('span', 'what', event.event_type.replace('recommendation', 'slate').replaceAll('_', ' '))
    const who = event.visitor_id === mine ? 'you' : (event.visitor_id ?? 'user').slice(0, 8)
    const row = element('li', event.visitor_id === mine ? 'mine' : '', what)
    const product = event.product_id === null || event.product_id === undefined ? '' : `#${event.product_id}`
    row.append(element('span', 'about', product), element('span', 'who', who))
    return row
  })
  find('events').replaceChildren(...events)
}

/** Whatever the shop says of itself in numbers. */
function showFacts(shop) {
  const pairs = Object.entries(shop).filter(([, value]) => typeof value === 'number')
  find('facts').replaceChildren(
    ...pairs.flatMap(([name, value]) => [
      element('dt', '', name.replaceAll('_', ' ')),
      element('dd', '', value.toLocaleString()),
    ]),
  )
}
