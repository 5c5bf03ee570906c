/**
 * report/weekly/page: the week as one HTML page that stands alone.
 *
 * In: the facts of a week.
 * Out: HTML with its style inside; no script, no font, no picture from elsewhere.
 * Invariant: every text of the shop is escaped; a missing source is said in words.
 */
import { readFileSync } from 'node:fs'
import { adviceOf, headlineOf, type Advice } from './advice.ts'
import type { MoneyFacts, WeekFacts } from './facts.ts'
import {
  customersSection,
  recommendationsSection,
  salesSection,
  stockSection,
  trendsSection,
  uncertainSection,
} from './sections.ts'
import { change, count, escapeHtml, money, percent, span } from './words.ts'

/** @param shop what to call the shop, or null */
export function weeklyPage(facts: WeekFacts, shop: string | null): string {
  const style = readFileSync(new URL('./report.css', import.meta.url), 'utf8')
  const { week } = facts
  const title = `Week ${week.number}, ${span(week.first, week.last)}`
  const advice = adviceOf(facts)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(shop === null ? title : `${shop}: ${title}`)}</title>
<style>
${style}</style>
</head>
<body>
<main>
<header class="head">
  <p class="eyebrow">${escapeHtml(shop ?? 'The shop')} · week ${week.number}</p>
  <h1>${span(week.first, week.last)}</h1>
  <p class="lede">${escapeHtml(headlineOf(facts))}</p>
</header>
${figures(facts)}
${mondaySection(advice)}
<div class="columns">
<div>${salesSection(facts)}${customersSection(facts)}</div>
<div>${trendsSection(facts)}${stockSection(facts)}${recommendationsSection(facts)}</div>
</div>
${uncertainSection(facts)}
<footer>Made by Hemline from the nights up to ${facts.newestNight}. Each figure is defined in docs/metrics.md; <code>hemline sql</code> answers what is not here.<span class="paper"> On paper each list has its first lines; the page itself has all, and the commands.</span></footer>
</main>
</body>
</html>
`
}

function figures({ money: sums, visits, customers }: WeekFacts): string {
  const rate = visits === null || visits.views === 0 ? null : visits.orders / visits.views
  const previousRate =
    visits === null || !visits.previousViews || visits.previousOrders === null
      ? null
      : visits.previousOrders / visits.previousViews
  const cards = sums.map(moneyCards)
  const visitCard =
    visits === null
      ? card('Visits that bought', '–', 'no clicks in this week')
      : card(
          'Visits that bought',
          percent(rate, 1),
          `${previousRate === null || rate === null ? '–' : change(rate, previousRate)} on the week before, of ${count(visits.views)} that looked`,
        )
  const newCard = card(
    'New customers',
    count(customers.fresh),
    `${count(customers.returning)} orders of returning ones`,
  )
  return `<section class="figures" aria-label="The week in figures">${cards.join('')}${visitCard}${newCard}</section>`
}

function moneyCards(sums: MoneyFacts): string {
  const { currency, revenue, refund, orders, previousRevenue, previousOrders, lastYearRevenue } = sums
  const paidBack = refund === null ? '' : ` · ${money(refund, currency)} paid back`
  const lastYear = lastYearRevenue === null ? '' : `, ${change(revenue, lastYearRevenue)} on last year`
  const value = orders === 0 ? null : revenue / orders
  const previousValue =
    previousOrders === null || previousOrders === 0 || previousRevenue === null
      ? null
      : previousRevenue / previousOrders
  return [
    card(
      'Revenue',
      money(revenue, currency),
      `${change(revenue, previousRevenue)} on the week before${lastYear}${paidBack}`,
    ),
    card('Orders', count(orders), `${change(orders, previousOrders)} on the week before`),
    card(
      'Order value',
      money(value, currency),
      value === null ? '–' : `${change(value, previousValue)} on the week before`,
    ),
  ].join('')
}

function card(name: string, figure: string, note: string): string {
  return `<div class="card"><h3>${escapeHtml(name)}</h3><p class="figure">${escapeHtml(figure)}</p><p class="note">${escapeHtml(note)}</p></div>`
}

const CERTAINTIES = { sure: 'well founded', likely: 'likely', early: 'early sign' } as const

function mondaySection(advice: readonly Advice[]): string {
  if (advice.length === 0) {
    return `<section class="monday"><h2>On Monday</h2><p class="quiet">Nothing stands out this week: nothing rises or fades beyond chance, and no stock is known to run short. Carry on.</p></section>`
  }
  const items = advice.map(
    ({ verb, title, why, how, certainty }) => `<li>
  <h3><span>${escapeHtml(verb)}</span> ${escapeHtml(title)} <small class="${certainty}">${CERTAINTIES[certainty]}</small></h3>
  <p>${escapeHtml(why)}</p>${how === null ? '' : `<code>${escapeHtml(how)}</code>`}
</li>`,
  )
  return `<section class="monday"><h2>On Monday</h2><ol>${items.join('')}</ol></section>`
}
