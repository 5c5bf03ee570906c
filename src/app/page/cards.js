/**
 * page/cards: product cards, and lists of them that reorder before one's eyes.
 *
 * In: items of a recommendations answer.
 * Out: list elements; a card that stays in the list glides to its new place in 200 ms.
 * Invariant: under prefers-reduced-motion nothing glides.
 */
import { drawGarment } from './garments.js'

const GLIDE_MS = 200
const still = matchMedia('(prefers-reduced-motion: reduce)')

/** An element with a class and text or children. */
export function element(name, className, ...content) {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...content)
  return made
}

/** @param {string} price decimal string */
export function moneyText(price, currency) {
  if (price === null || price === undefined) return ''
  return new Intl.NumberFormat(navigator.language, { style: 'currency', currency: currency ?? 'EUR' }).format(price)
}

/** A product's picture, or a drawing of it. */
export function pictureOf(product) {
  if (!product.image_url) return drawGarment(product)
  const image = new Image()
  image.src = product.image_url
  image.alt = ''
  image.loading = 'lazy'
  image.addEventListener('error', () => image.replaceWith(drawGarment(product)), { once: true })
  return image
}

function makeCard(item) {
  const reason = element('span', 'reason', element('span', ''))
  const frame = element('span', 'picture', pictureOf(item), reason)
  const name = element('span', 'name', item.product_display_name)
  const details = element(
    'span',
    'details',
    element('span', '', item.base_colour ?? ''),
    element('span', 'price', moneyText(item.price, item.currency)),
  )
  const link = element('a', 'card', frame, name, details)
  link.href = `#/product/${encodeURIComponent(item.product_id)}`
  const holder = element('li', '', link)
  holder.dataset.productId = item.product_id
  return holder
}

/** What each list shows now, for the one listener it has. */
const shown = new WeakMap()

function listenTo(list) {
  list.addEventListener('click', (event) => {
    const productId = event.target.closest('li')?.dataset.productId
    const { slate, onOpen } = shown.get(list)
    const position = slate.items.findIndex((item) => item.product_id === productId)
    if (position >= 0) onOpen(slate.items[position], slate, position)
  })
}

/**
 * Shows a slate in a list element, keeping the cards that stay.
 *
 * @param onOpen called with (item, slate, position) when a card is clicked
 */
export function showSlate(list, slate, { onOpen, withReasons = true }) {
  if (!shown.has(list)) listenTo(list)
  shown.set(list, { slate, onOpen })
  const before = new Map([...list.children].map((card) => [card.dataset.productId, card]))
  const places = new Map([...before].map(([id, card]) => [id, card.getBoundingClientRect()]))
  const cards = slate.items.map((item) => {
    const card = before.get(item.product_id) ?? makeCard(item)
    const reason = card.querySelector('.reason')
    const text = withReasons ? (item.reason?.text ?? '') : ''
    reason.firstElementChild.textContent = text
    reason.title = text
    reason.hidden = text === ''
    return card
  })
  const focused = list.contains(document.activeElement) ? document.activeElement : null
  list.replaceChildren(...cards)
  list.scrollLeft = 0
  if (focused?.isConnected) focused.focus({ preventScroll: true })
  if (!still.matches && before.size > 0) glide(cards, places)
}

/** First, last, invert, play. */
function glide(cards, places) {
  for (const card of cards) {
    const from = places.get(card.dataset.productId)
    if (from === undefined) {
      card.animate([{ opacity: 0, transform: 'scale(.96)' }, { opacity: 1 }], {
        duration: GLIDE_MS,
        easing: 'ease-out',
      })
      continue
    }
    const to = card.getBoundingClientRect()
    const x = from.left - to.left
    const y = from.top - to.top
    if (x === 0 && y === 0) continue
    card.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], {
      duration: GLIDE_MS,
      easing: 'cubic-bezier(.2, .7, .3, 1)',
    })
  }
}
