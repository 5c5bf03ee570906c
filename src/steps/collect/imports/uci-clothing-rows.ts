/**
 * collect/imports/uci-clothing-rows: clicks of a clothing shop, 2008.
 *
 * In: rows separated by semicolons: date, order in the session, country, session, category, model, colour, …, price, page.
 * Out: product views whose times are spread over the day, since the file tells only the day; models as products.
 * Invariant: sessions of a day start in the order of their numbers, clicks of a session follow each other.
 * @source UCI data set 553, "clickstream data for online shopping"
 */
import { wrongFormat, type ReadRow, type RowFormat } from './row-format.ts'

const HEADER_START = 'year;month;day;order;country;session ID'
const FIELDS = 14
const DAY_MS = 86_400_000
/** Between two clicks of a session. */
const CLICK_MS = 30_000

const ARTICLE_TYPES: ReadonlyMap<string, string> = new Map([
  ['1', 'Trousers'],
  ['2', 'Skirts'],
  ['3', 'Blouses'],
  ['4', 'Sale'],
])
const COLOURS = [
  'Beige',
  'Black',
  'Blue',
  'Brown',
  'Burgundy',
  'Grey',
  'Green',
  'Navy Blue',
  'Multi',
  'Olive',
  'Pink',
  'Red',
  'Violet',
  'White',
]

export const uciClothingRows: RowFormat = (firstLine) => {
  if (!firstLine.startsWith(HEADER_START)) throw wrongFormat('uci-clothing', `a header "${HEADER_START};…"`, firstLine)
  /** For each day its sessions, each with its place among them. */
  const sessionsOfDays = new Map<number, Map<string, number>>()
  return {
    headerLines: 1,
    survey(line) {
      const fields = line.split(';')
      const dayMs = dayOf(fields)
      if (dayMs === null || fields.length !== FIELDS) return
      let sessions = sessionsOfDays.get(dayMs)
      if (sessions === undefined) sessionsOfDays.set(dayMs, (sessions = new Map()))
      if (!sessions.has(fields[5])) sessions.set(fields[5], sessions.size)
    },
    read(line) {
      const fields = line.split(';')
      if (fields.length !== FIELDS) return { fault: `${FIELDS} fields expected, got ${fields.length}` }
      const dayMs = dayOf(fields)
      if (dayMs === null) return { fault: 'year, month and day are no date' }
      if (!/^\d{1,4}$/.test(fields[3]) || fields[5] === '' || fields[7] === '') {
        return { fault: 'order, session and model are needed' }
      }
      const sessions = sessionsOfDays.get(dayMs)
      const place = ((sessions?.get(fields[5]) ?? 0) + 0.5) / (sessions?.size ?? 1)
      const sinceMidnightMs = Math.floor(place * DAY_MS) + Number(fields[3]) * CLICK_MS
      return rowOf(fields, dayMs + Math.min(sinceMidnightMs, DAY_MS - 1))
    },
  }
}

function rowOf(fields: readonly string[], timeMs: number): ReadRow {
  const [, , , order, country, session, category, model, colour, location, photo, price, aboveMean, page] = fields
  return {
    timeMs,
    event: {
      event_type: 'product_view',
      timestamp: timeMs,
      visitor_id: session,
      product_id: model,
      unit_price: price,
      currency: 'USD',
      client_sequence: order,
      properties: { country, location, page, model_photography: photo, price_above_mean: aboveMean === '1' },
    },
    product: {
      id: model,
      product_display_name: `${ARTICLE_TYPES.get(category) ?? 'Model'} ${model}`,
      gender: 'Women',
      master_category: 'Apparel',
      article_type: ARTICLE_TYPES.get(category) ?? null,
      base_colour: COLOURS[Number(colour) - 1] ?? null,
      price,
      currency: 'USD',
    },
  }
}

/** Midnight UTC of the row's day, or null. */
function dayOf([year, month, day]: readonly string[]): number | null {
  const dayMs = Date.UTC(Number(year), Number(month) - 1, Number(day))
  return Number.isFinite(dayMs) && new Date(dayMs).getUTCMonth() === Number(month) - 1 ? dayMs : null
}
