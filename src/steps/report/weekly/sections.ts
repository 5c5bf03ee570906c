/**
 * report/weekly/sections: the parts of a week's page below the advice.
 *
 * In: the facts of a week.
 * Out: HTML of what sold, what moves, whom to address, what to reorder, what recommendations earned, what is uncertain.
 * Invariant: a section without figures says why it has none.
 */
import { forecastBand, interval, shareBar, sparkline, weekBars } from './charts.ts'
import type { ForecastFacts, SoldFacts, StockFacts, TrendFacts, WeekFacts } from './facts.ts'
import {
  campaignName,
  change,
  count,
  day,
  dimensionName,
  escapeHtml,
  money,
  percent,
  plural,
  segmentName,
  times,
} from './words.ts'

export function salesSection(facts: WeekFacts): string {
  const currency = facts.money[0]?.currency ?? null
  const row = (sold: SoldFacts, extra: string) =>
    tr([
      `${escapeHtml(sold.name)}${sold.detail === '' ? '' : `<small>${escapeHtml(sold.detail)}</small>`}`,
      right(count(sold.units)),
      right(change(sold.units, sold.previousUnits)),
      right(money(sold.revenue, currency)),
      extra,
    ])
  const types = table(
    ['Type', '>Pieces', '>Week before', '>Revenue', 'Share'],
    facts.types.map((sold) => row(sold, shareBar(sold.share, `${percent(sold.share)} of revenue`))),
  )
  const products = table(
    ['Product', '>Pieces', '>Week before', '>Revenue'],
    facts.products.map((sold) => row(sold, '')),
  )
  return section(
    'sold',
    'What sold',
    facts.types.length === 0
      ? quiet('No order this week.')
      : `${days(facts)}${types}${products}${pairs(facts)}${discounts(facts)}`,
  )
}

function days({ money: [main, ...others] }: WeekFacts): string {
  if (main === undefined) return ''
  const spoken = main.days.map((value) => money(value, main.currency)).join(', ')
  const chart = weekBars(main.days, main.previousDays, `Revenue by day, Monday to Sunday: ${spoken}`)
  const currency = others.length > 0 ? ` in ${escapeHtml(main.currency ?? 'the main currency')}` : ''
  return `<figure class="week">${chart}<figcaption>Revenue by day${currency}; the marks are the week before.</figcaption></figure>`
}

function pairs({ pairs: found }: WeekFacts): string {
  if (found.length === 0) return ''
  const items = found.map(
    ({ one, other, orders, lift }) =>
      `<li>${escapeHtml(one)} <span class="with">with</span> ${escapeHtml(other)} <small>${plural(orders, 'order')}, ${times(lift)} chance</small></li>`,
  )
  return `<h3>Bought together</h3><ul class="plain">${items.join('')}</ul>`
}

function discounts({ discounts: found, money: sums }: WeekFacts): string {
  if (found === null) return `<h3>Discounts</h3>${quiet('No source: the shop’s orders carry no discount.')}`
  if (found.length === 0) return ''
  const items = found.map(
    ({ campaign, extra, low, high, discount }) =>
      `<li>${escapeHtml(campaign)}: ${count(extra)} more pieces than the four weeks before let expect <small>80 %: ${count(low)} to ${count(high)}; gave away ${money(discount, sums[0]?.currency ?? null)}</small></li>`,
  )
  return `<h3>Discounts</h3><ul class="plain">${items.join('')}</ul>`
}

const STATES: Readonly<Record<string, readonly [sign: string, className: string]>> = {
  rising: ['▲ rising', 'up'],
  unconfirmed: ['△ unconfirmed', 'up'],
  fading: ['▼ fading', 'down'],
  fad: ['◇ fad', 'down'],
}

export function trendsSection(facts: WeekFacts): string {
  const { trends, forecasts } = facts
  const body =
    trends.length === 0
      ? quiet(
          facts.clickDays === 0
            ? 'No clicks this week, so nothing can be said of attention.'
            : 'Nothing rises or fades beyond what season and chance explain.',
        )
      : table(['Share of attention', '4 weeks', '¼ · expected · 4×', 'State, since', '>Cover'], trends.map(trendRow))
  const next =
    forecasts.length === 0
      ? ''
      : `<h3>What comes next</h3><div class="bands">${forecasts.map(forecastCard).join('')}</div>
<p class="small">Share of attention, next ${forecasts[0].weeks.length} weeks, with its 80 % interval; broken line: last year.</p>`
  return section('trends', 'What rises and fades', `${body}${next}`)
}

function trendRow(trend: TrendFacts): string {
  const { dimension, value, state, since, ratio, low, high, coverDays, share, shares } = trend
  const [sign, className] = STATES[state] ?? [`– ${state}`, '']
  const words = `${times(ratio)} expected, 95 % ${times(low)} to ${times(high)}`
  return tr([
    `${escapeHtml(value)}<small>${escapeHtml(dimensionName(dimension))}, ${percent(share, 1)}</small>`,
    sparkline(shares, `Share of attention of ${value} over 28 days`),
    interval({ ratio, low, high }, words),
    `<span class="state ${className}">${sign}</span><small>${times(ratio)}${since === null ? '' : `, ${day(since)}`}</small>`,
    right(coverDays === null ? '–' : coverDays > 365 ? '> 1 y' : `${count(coverDays)} d`),
  ])
}

function forecastCard({ dimension, value, weeks, wape }: ForecastFacts): string {
  const error = wape === null ? 'error not known' : `off by ${percent(wape)} in its test`
  return `<figure><figcaption><b>${escapeHtml(value)}</b> <small>${escapeHtml(dimensionName(dimension))}, ${error}</small></figcaption>${forecastBand(weeks, `Forecast of ${value}`)}</figure>`
}

export function customersSection(facts: WeekFacts): string {
  const { audiences, segments, money: sums, trends } = facts
  const currency = sums[0]?.currency ?? null
  const isRising = trends.some(({ state }) => state === 'rising' || state === 'unconfirmed')
  const lean = isRising ? 'lean to what rises' : 'lean to a value; nothing rises, so these are the largest groups'
  const people =
    audiences.length === 0
      ? quiet('No audience yet: it needs clicks of people with an account, in the last 28 days.')
      : `<p class="small">People who ${lean}.</p>${table(
          ['Audience', '>People', '>Agreed to mail', '>Not asked', '>Quiet 30 days'],
          audiences.map((one) =>
            tr([
              escapeHtml(campaignName(one.campaign)),
              right(count(one.people)),
              right(count(one.consented)),
              right(count(one.unknown)),
              right(count(one.reachable)),
            ]),
          ),
        )}`
  const rows = segments.map((one) => {
    const [name, meaning] = segmentName(one.segment)
    return tr([
      `${escapeHtml(name)}<small>${escapeHtml(meaning)}</small>`,
      right(count(one.customers)),
      shareBar(one.revenueShare, `${percent(one.revenueShare)} of revenue`),
      right(percent(one.revenueShare)),
      right(money(one.clv, currency)),
    ])
  })
  const heads = ['Segment', '>Customers', 'Of revenue so far', '>', '>Next 12 months']
  return section(
    'people',
    'Whom to address',
    `${people}${segments.length === 0 ? '' : `<h3>Customers</h3>${table(heads, rows)}`}`,
  )
}

export function stockSection(facts: WeekFacts): string {
  const { stock, money: sums } = facts
  const currency = sums[0]?.currency ?? null
  if (stock === null) {
    return section(
      'stock',
      'What to reorder',
      `${quiet('No source: the shop’s database has no stock that Hemline can read.')}${returns(facts)}`,
    )
  }
  const name = (one: StockFacts) =>
    `${escapeHtml(one.name)}${one.size === null ? '' : `<small>${escapeHtml(one.size)}</small>`}`
  const fast = stock.filter(({ state }) => state !== 'slow')
  const slow = stock.filter(({ state }) => state === 'slow')
  const reorder =
    fast.length === 0
      ? quiet('Nothing that sells runs short within 14 days.')
      : table(
          ['Variant', '>Left', '>Sold in 28 days', '>Lasts'],
          fast.map((one) =>
            tr([
              name(one),
              right(count(one.onHand)),
              right(count(one.units28)),
              right(one.state === 'out' ? 'sold out' : `${count(one.coverDays)} days`),
            ]),
          ),
        )
  const lying =
    slow.length === 0
      ? ''
      : `<h3>Lies too long</h3>${table(
          ['Variant', '>Left', '>Sold in 28 days', '>Binds'],
          slow.map((one) =>
            tr([name(one), right(count(one.onHand)), right(count(one.units28)), right(money(one.value, currency))]),
          ),
        )}`
  return section('stock', 'What to reorder', `${reorder}${lying}${returns(facts)}`)
}

function returns({ returns: found }: WeekFacts): string {
  if (found === null) return `<h3>Returns</h3>${quiet('No source: the shop’s database has no returns.')}`
  if (found.length === 0) return ''
  const items = found.map(
    ({ type, rate, low, high }) =>
      `<li>${escapeHtml(type)}: ${percent(rate)} come back <small>95 %: ${percent(low)} to ${percent(high)}</small></li>`,
  )
  return `<h3>Comes back most</h3><ul class="plain">${items.join('')}</ul>`
}

export function recommendationsSection({ recommendations: recs, money: sums }: WeekFacts): string {
  const currency = sums[0]?.currency ?? null
  if (recs === null) {
    return section(
      'recs',
      'What recommendations earned',
      quiet(
        'No source: no list was reported as shown or clicked this week. The website has to send recommendation_view and recommendation_click.',
      ),
    )
  }
  const rate = recs.impressions === 0 ? null : recs.clicks / recs.impressions
  const share = sums[0] === undefined || sums[0].revenue === 0 ? null : recs.revenue / sums[0].revenue
  const followed = `<p>${plural(recs.clicks, 'click')} on ${plural(recs.impressions, 'shown product')} (${percent(rate, 1)}); ${plural(recs.orders, 'order')} of the clicked product within 24 hours, worth <b>${money(recs.revenue, currency)}</b>, ${percent(share)} of revenue.</p>`
  const { lift } = recs
  const causal =
    lift === null
      ? quiet(
          'How much of that would have been bought anyway is not known yet: it takes an experiment with an arm called random, control or none.',
        )
      : `<p>Visitors with recommendations spent <b>${lift.lift < 0 ? '−' : '+'}${percent(Math.abs(lift.lift), 1)}</b> against the arm without, 95 % between ${percent(lift.low, 1)} and ${percent(lift.high, 1)}, ${plural(lift.visitors, 'visitor')} in 28 days.${lift.low < 0 && lift.high > 0 ? ' <b>The interval holds 0: no proof yet.</b>' : ''}</p>`
  return section('recs', 'What recommendations earned', `${followed}${causal}`)
}

export function uncertainSection(facts: WeekFacts): string {
  const { calibration, clickDays, warnings, trends } = facts
  const unconfirmed = trends.filter(({ state }) => state === 'unconfirmed')
  const notes = [
    ...(clickDays < 7
      ? [`Clicks are there for ${clickDays} of 7 days; trends, funnel and audiences rest on these.`]
      : []),
    ...unconfirmed.map(({ value }) => `${value} has risen for under 10 days and may be a fad.`),
    ...(calibration === null
      ? ['The value of customers has not been tested: history is too short.']
      : [
          `The model of customers’ value foresaw ${count(calibration.predicted)} orders for ${calibration.weeks} weeks it had not seen; ${count(calibration.orders)} came (${change(calibration.predicted, calibration.orders)}).`,
        ]),
    'What was bought after a click on a recommendation is not what the recommendation caused.',
    ...warnings,
  ]
  return section(
    'uncertain',
    'What is uncertain',
    `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`,
  )
}

function section(name: string, title: string, body: string): string {
  return `<section class="${name}"><h2>${title}</h2>${body}</section>`
}

function quiet(text: string): string {
  return `<p class="quiet">${text}</p>`
}

/** A head that begins with ">" stands right. */
function table(heads: readonly string[], rows: readonly string[]): string {
  const cells = heads.map((head) =>
    head.startsWith('>') ? `<th class="right">${head.slice(1)}</th>` : `<th>${head}</th>`,
  )
  return `<div class="scroll"><table><thead><tr>${cells.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** Cells as HTML; empty ones are left out. */
function tr(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => (cell === '' ? '' : cell.startsWith('<td') ? cell : `<td>${cell}</td>`)).join('')}</tr>`
}

function right(text: string): string {
  return `<td class="right">${escapeHtml(text)}</td>`
}
