/**
 * page/cart: what the shopper wants to buy, and the order.
 *
 * In: products with a size.
 * Out: cart events, an order in the shop's database, and a purchase event with its id.
 * Invariant: sums are made of whole cents; a purchase is sent only for an order that was placed.
 */
import { element, moneyText, pictureOf } from './cards.js'
import { placeOrder, sendEvent } from './shop.js'

const QUANTITY_MAXIMUM = 9
const find = (id) => document.getElementById(id)
let lines = []

const centsOf = (price) => Math.round(Number(price) * 100)
const currencyOf = () => lines[0]?.product.currency ?? 'EUR'

function fieldsOf({ product, variantId, quantity }) {
  return {
    product_id: product.product_id,
    variant_id: variantId,
    quantity,
    unit_price: product.price,
    currency: product.currency,
  }
}

export function addToCart(product, variantId) {
  const known = lines.find((line) => line.product.product_id === product.product_id && line.variantId === variantId)
  if (known === undefined) lines.push({ product, variantId, quantity: 1 })
  else known.quantity = Math.min(QUANTITY_MAXIMUM, known.quantity + 1)
  void sendEvent('add_to_cart', fieldsOf({ product, variantId, quantity: 1 }))
  show()
}

export function emptyCart() {
  lines = []
  find('cart-note').textContent = ''
  show()
}

export function setUpCart() {
  const dialog = find('cart')
  find('open-cart').addEventListener('click', () => {
    find('cart-note').textContent = ''
    show()
    dialog.showModal()
  })
  find('close-cart').addEventListener('click', () => dialog.close())
  // A click on the dark around the dialog has the dialog itself as its target.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close())
  find('order').addEventListener('click', () => void order())
  show()
}

function remove(line) {
  lines = lines.filter((other) => other !== line)
  void sendEvent('remove_from_cart', fieldsOf(line))
  show()
}

async function order() {
  const bought = lines
  const note = find('cart-note')
  find('order').disabled = true
  note.textContent = 'Ordering …'
  try {
    void sendEvent('begin_checkout')
    const placed = await placeOrder(
      bought.map((line) => ({
        product_id: line.product.product_id,
        variant_id: line.variantId,
        quantity: line.quantity,
      })),
    )
    const currency = currencyOf()
    void sendEvent('purchase', {
      order_id: placed.order_id,
      currency,
      items: bought.map((line) => {
        const { currency: _, ...item } = fieldsOf(line)
        return item
      }),
    })
    lines = []
    show()
    note.textContent = `Thank you. Order ${placed.order_id}, ${moneyText(placed.total_price, currency)}, is now a row in the shop's database. Tonight it reaches the lake.`
  } catch (error) {
    note.textContent = `The order was not placed: ${error.message}`
    find('order').disabled = lines.length === 0
  }
}

function show() {
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0)
  const cents = lines.reduce((sum, line) => sum + line.quantity * centsOf(line.product.price), 0)
  find('cart-count').textContent = String(pieces)
  find('cart-total').textContent = moneyText((cents / 100).toFixed(2), currencyOf())
  find('order').disabled = lines.length === 0
  const rows = lines.map((line) => {
    const size = line.product.variants?.find((variant) => variant.variant_id === line.variantId)?.size
    const facts = [size, `${line.quantity} × ${moneyText(line.product.price, line.product.currency)}`]
    const words = element(
      'div',
      '',
      element('p', 'name', line.product.product_display_name),
      element('p', 'details', facts.filter(Boolean).join(' · ')),
    )
    const button = element('button', 'quiet', 'Remove')
    button.type = 'button'
    button.setAttribute('aria-label', `Remove ${line.product.product_display_name}`)
    button.addEventListener('click', () => remove(line))
    return element('li', '', element('div', 'thumb', pictureOf(line.product)), words, button)
  })
  find('cart-lines').replaceChildren(...(rows.length > 0 ? rows : [element('li', 'empty', 'Nothing yet.')]))
}
