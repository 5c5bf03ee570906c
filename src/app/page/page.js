/**
 * page/page: the demo shop in the browser.
 *
 * In: clicks, and slates as the server sends them.
 * Out: the strip of suggestions, the grid, one product's page, the cart, the pipeline at work.
 * Invariant: every click is an event; no framework, no build, nothing loaded from elsewhere.
 */
import { addToCart, emptyCart, setUpCart } from './cart.js'
import { element, moneyText, pictureOf, showSlate } from './cards.js'
import { durationText, forgetLastClick, setUpPipeline, slateCame } from './pipeline.js'
import {
  followSlates,
  newVisitor,
  readGoesWith,
  readProduct,
  readRising,
  readSimilar,
  readSlate,
  sendEvent,
  visitorId,
} from './shop.js'

const STRIP_LENGTH = 12
const GRID_LENGTH = 40
const RETRY_MS = 1500
const SEEN_AFTER_MS = 1000
const RISING_MS = 10_000

const find = (id) => document.getElementById(id)
let placement = 'new_in'
let shown = null
let stopFollowing = () => undefined
let openedFrom = null

/** A click on a slate is an event of its own; the view follows when the product's page opens. */
function openFrom(item, slate, position) {
  openedFrom = document.activeElement
  void sendEvent('recommendation_click', {
    product_id: item.product_id,
    slate_id: slate.slate_id,
    placement: slate.placement,
    position,
  })
}

function follow() {
  stopFollowing()
  let isFirst = true
  stopFollowing = followSlates(STRIP_LENGTH, {
    onSlate(slate) {
      showSlate(find('strip'), slate, { onOpen: openFrom })
      const ms = isFirst ? null : slateCame()
      if (isFirst) find('slate-news').textContent = 'Click anything: this row reorders, and every card says why.'
      if (ms !== null) find('slate-news').textContent = `Reordered ${durationText(ms)} after your click.`
      isFirst = false
      seenSoon(slate)
    },
    onTrouble() {
      find('slate-news').textContent = 'Connecting to the shop …'
    },
  })
}

let seenTimer = 0

/** A slate counts as seen when it stood still for a second in view. */
function seenSoon(slate) {
  clearTimeout(seenTimer)
  seenTimer = setTimeout(() => {
    const box = find('strip').getBoundingClientRect()
    const isInView = box.bottom > 0 && box.top < innerHeight
    if (document.hidden || !isInView) return
    const cards = [...find('strip').children].filter((card) => card.getBoundingClientRect().left < innerWidth)
    void sendEvent('recommendation_view', {
      slate_id: slate.slate_id,
      placement: slate.placement,
      items: cards.map((card, position) => ({ product_id: card.dataset.productId, position })),
    })
  }, SEEN_AFTER_MS)
}

async function showGrid() {
  for (const tab of document.querySelectorAll('.tabs button')) {
    tab.setAttribute('aria-pressed', String(tab.dataset.placement === placement))
  }
  const wanted = placement
  try {
    const slate = await readSlate(wanted, GRID_LENGTH)
    if (wanted === placement) {
      showSlate(find('products'), slate, { onOpen: openFrom, withReasons: wanted === 'home' })
    }
  } catch (error) {
    find('products').replaceChildren(element('li', 'empty', `${error.message} Trying again …`))
    setTimeout(() => wanted === placement && void showGrid(), RETRY_MS)
  }
}

async function showRising() {
  const [colours, types] = await Promise.all([readRising('base_colour'), readRising('article_type')]).catch(() => [
    [],
    [],
  ])
  const words = [...colours, ...types].filter((word) => word !== '')
  find('rising').hidden = words.length === 0
  find('rising').replaceChildren('Rising: ', ...words.map((word) => element('span', 'chip', word)))
}

async function showProduct(productId) {
  find('home').hidden = true
  find('product').hidden = false
  find('product-note').textContent = ''
  find('goes-with').replaceChildren()
  find('similar').replaceChildren()
  scrollTo(0, 0)
  try {
    const product = await readProduct(productId)
    if (productOf(location.hash) !== productId) return
    shown = product
    void sendEvent('product_view', {
      product_id: productId,
      unit_price: product.price,
      currency: product.currency,
    })
    fillProduct(product)
    const [goesWith, similar] = await Promise.all([readGoesWith(productId), readSimilar(productId)])
    if (productOf(location.hash) !== productId) return
    showSlate(find('goes-with'), goesWith, { onOpen: openFrom, withReasons: false })
    showSlate(find('similar'), similar, { onOpen: openFrom, withReasons: false })
  } catch (error) {
    find('product-note').textContent = error.message
  }
}

function fillProduct(product) {
  find('product-picture').replaceChildren(pictureOf(product))
  find('product-brand').textContent = product.brand ?? ''
  find('product-name').textContent = product.product_display_name
  const price = find('product-price')
  price.replaceChildren(moneyText(product.price, product.currency))
  if (product.list_price) price.append(' ', element('s', '', moneyText(product.list_price, product.currency)))
  const facts = [product.base_colour, product.article_type, product.usage, product.season, product.gender]
  find('product-facts').textContent = facts.filter(Boolean).join(' · ')
  const variants = product.variants ?? []
  const options = variants.map((variant) => {
    const isGone = variant.stock === 0
    const option = new Option(`${variant.size ?? 'One size'}${isGone ? ', sold out' : ''}`, variant.variant_id)
    option.disabled = isGone
    return option
  })
  find('size').replaceChildren(...(options.length > 0 ? options : [new Option('One size', '')]))
  const firstInStock = options.findIndex((option) => !option.disabled)
  find('size').selectedIndex = Math.max(0, firstInStock)
  find('add').disabled = options.length > 0 && firstInStock < 0
  find('product-name').focus({ preventScroll: true })
  document.title = `${product.product_display_name} · Hemline demo shop`
}

function productOf(hash) {
  const id = /^#\/product\/(.+)$/.exec(hash)?.[1]
  return id === undefined ? null : decodeURIComponent(id)
}

function route() {
  const productId = productOf(location.hash)
  if (productId !== null) {
    void showProduct(productId)
    return
  }
  if (location.hash !== '' && location.hash !== '#/') return
  shown = null
  document.title = 'Hemline demo shop'
  find('product').hidden = true
  find('home').hidden = false
  if (placement !== 'new_in') void showGrid()
  if (openedFrom?.isConnected) openedFrom.focus()
}

function setUpButtons() {
  for (const tab of document.querySelectorAll('.tabs button')) {
    tab.addEventListener('click', () => {
      placement = tab.dataset.placement
      void showGrid()
    })
  }
  find('add-form').addEventListener('submit', (event) => {
    event.preventDefault()
    if (shown === null) return
    addToCart(shown, find('size').value || null)
    find('product-note').textContent = 'In your cart.'
  })
  find('new-shopper').addEventListener('click', () => {
    newVisitor()
    emptyCart()
    forgetLastClick()
    showVisitor()
    find('strip').replaceChildren()
    follow()
    location.hash = '#/'
    void showGrid()
  })
}

/** On a telephone the panel begins closed, above the products; on a desk it stands beside them. */
function keepPanelOpen() {
  const wide = matchMedia('(min-width: 768px)')
  find('panel').open = wide.matches
  wide.addEventListener('change', () => {
    find('panel').open = wide.matches
  })
}

function showVisitor() {
  find('visitor').textContent = `${visitorId().slice(0, 8)}…`
}

showVisitor()
setUpCart()
setUpPipeline()
setUpButtons()
follow()
void showGrid()
void showRising()
setInterval(() => document.hidden || void showRising(), RISING_MS)
keepPanelOpen()
addEventListener('hashchange', route)
if (productOf(location.hash) === null) void sendEvent('page_view')
route()
