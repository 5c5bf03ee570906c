/**
 * report/weekly/words: figures as people read them.
 *
 * In: numbers, dates, codes.
 * Out: short English text; everything that came from a shop is escaped where it enters the page.
 * Invariant: a figure that is not known is a dash, never 0.
 */

const DASH = '–'
/** Changes beyond this say more about the base than about the week. */
const CHANGE_MAXIMUM = 5
const DIMENSIONS: Readonly<Record<string, string>> = {
  article_type: 'article type',
  base_colour: 'colour',
  season: 'season',
  usage: 'usage',
  gender: 'gender',
  price_band: 'price',
  type_colour: 'type and colour',
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export function count(value: number | null): string {
  return value === null ? DASH : Math.round(value).toLocaleString('en')
}

/** Whole units of a currency from 1,000 on, cents below. */
export function money(value: number | null, currency: string | null): string {
  if (value === null) return DASH
  const digits = Math.abs(value) >= 1000 ? 0 : 2
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  if (currency === null || !/^[A-Z]{3}$/u.test(currency)) return value.toLocaleString('en', format)
  return value.toLocaleString('en', { style: 'currency', currency, ...format })
}

export function percent(share: number | null, digits = 0): string {
  return share === null || !Number.isFinite(share) ? DASH : `${(share * 100).toFixed(digits)} %`
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`
}

/** Against an earlier figure: "+12 %", or "new" where there was nothing. */
export function change(now: number, before: number | null): string {
  if (before === null) return DASH
  if (before === 0) return now === 0 ? '0 %' : 'new'
  const by = now / before - 1
  if (by > CHANGE_MAXIMUM) return `${(by + 1).toFixed(0)}×`
  return `${by < -0.005 ? '−' : by > 0.005 ? '+' : '±'}${Math.abs(by * 100).toFixed(0)} %`
}

/** "9 Nov". */
export function day(shopDate: string): string {
  return new Date(`${shopDate}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
}

/** "16–22 November 2026", "30 November – 6 December 2026". */
export function span(first: string, last: string): string {
  const date = (text: string) => new Date(`${text}T00:00:00Z`)
  const month = (text: string) => date(text).toLocaleDateString('en-GB', { month: 'long', timeZone: 'UTC' })
  const [from, to] = [Number(first.slice(8)), Number(last.slice(8))]
  const year = last.slice(0, 4)
  if (first.slice(0, 7) === last.slice(0, 7)) return `${from}–${to} ${month(last)} ${year}`
  const fromYear = first.slice(0, 4) === year ? '' : ` ${first.slice(0, 4)}`
  return `${from} ${month(first)}${fromYear} – ${to} ${month(last)} ${year}`
}

export function dimensionName(dimension: string): string {
  return DIMENSIONS[dimension] ?? dimension.replaceAll('_', ' ')
}

/** "colour Red" of "base_colour=Red". */
export function campaignName(campaign: string): string {
  const at = campaign.indexOf('=')
  return campaign.slice(at + 1)
}

export function plural(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : noun === 'person' ? 'people' : `${noun}s`}`
}

const SEGMENTS: Readonly<Record<string, readonly [string, string]>> = {
  champions: ['Champions', 'bought lately and often'],
  loyal: ['Loyal', 'come back'],
  new: ['New', 'first order lately'],
  promising: ['Promising', 'second order lately'],
  at_risk: ['At risk', 'bought often, not lately'],
  lapsed: ['Lapsed', 'one or two orders, long ago'],
  occasional: ['Occasional', 'one order, some time ago'],
}

export function segmentName(segment: string): readonly [name: string, meaning: string] {
  return SEGMENTS[segment] ?? [segment, '']
}
