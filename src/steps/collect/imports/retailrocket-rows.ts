/**
 * collect/imports/retailrocket-rows: RetailRocket's typed events.
 *
 * In: tab-separated rows: time_s, visitor, event, item, category.
 * Out: product views, additions to the cart and purchases; for each item a product with its category.
 * Invariant: a transaction is the purchase of one piece, since the file tells no number.
 */
import { wrongFormat, type RowFormat } from './row-format.ts'

const COLUMNS = ['time_s', 'visitor', 'event', 'item', 'category']
const EVENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['view', 'product_view'],
  ['addtocart', 'add_to_cart'],
  ['transaction', 'purchase'],
])

export const retailrocketRows: RowFormat = (firstLine) => {
  if (firstLine !== COLUMNS.join('\t')) {
    throw wrongFormat('retailrocket', `the header ${COLUMNS.join(', ')}, separated by tabs`, firstLine)
  }
  return {
    headerLines: 1,
    read(line) {
      const [time, visitor, kind, item, category = ''] = line.split('\t')
      const type = EVENT_TYPES.get(kind ?? '')
      if (type === undefined) return { fault: `event must be view, addtocart or transaction` }
      if (!/^\d{9,10}$/.test(time)) return { fault: 'time_s must be seconds since 1970' }
      if (!visitor || !item) return { fault: 'visitor and item are needed' }
      const timeMs = Number(time) * 1000
      return {
        timeMs,
        event: {
          event_type: type,
          timestamp: timeMs,
          visitor_id: visitor,
          product_id: item,
          ...(type === 'purchase' ? { quantity: 1 } : {}),
        },
        product: {
          id: item,
          product_display_name: `Item ${item}`,
          sub_category: category === '' ? null : `Category ${category}`,
        },
      }
    },
  }
}
