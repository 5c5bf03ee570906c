/**
 * cost/format-cost: an estimate as text.
 *
 * In: an estimate and what it was made for.
 * Out: a table of dollars a month, Amazon Personalize beside it, and a sentence on which is cheaper.
 * Invariant: says of what day the prices are, and that they are an estimate.
 */
import type { CostEstimate } from './estimate.ts'
import { PRICES_AS_OF, PRICES_REGION, PRICES_SOURCE } from './prices.ts'
import type { Workload } from './workload.ts'

const NAME_WIDTH = 30
const AMOUNT_WIDTH = 12

export function formatCost(workload: Workload, estimate: CostEstimate): string {
  const { eventsPerDay, readsPerDay, size } = workload
  const { lines, hemlineCents, databaseCents, personalize } = estimate
  return [
    `Estimate for ${whole(eventsPerDay)} events and ${whole(readsPerDay)} reads a day, --size ${size}, US dollars a month`,
    '',
    ...lines.map(({ service, what, cents }) => row(service, cents, what)),
    row('Hemline', hemlineCents, ''),
    '',
    row("the shop's own database", databaseCents, size === 'small' ? 'one zone' : 'two zones'),
    '',
    'Amazon Personalize, recommendations alone, without stream, lake, reports or trends:',
    row('  User-Personalization-v2', personalize.v2Cents, ''),
    row('  User-Personalization (v1)', personalize.v1Cents, 'ready for one call a second'),
    '',
    comparison(workload, estimate),
    '',
    `Prices: ${PRICES_REGION}, ${PRICES_AS_OF}, ${PRICES_SOURCE}.`,
    'Assumptions are in src/tools/cost/workload.ts; none was measured on AWS. Data that leaves AWS is not counted.',
  ].join('\n')
}

function comparison({ eventsPerDay }: Workload, estimate: CostEstimate): string {
  const below = estimate.personalizeCheaperBelowEventsPerDay
  const here =
    eventsPerDay < below
      ? 'here Personalize would be cheaper'
      : 'here Hemline is cheaper, and everything else comes with it'
  return `Below ${whole(below)} events a day Personalize v2 costs less than all of Hemline; ${here}.`
}

function row(name: string, cents: number, what: string): string {
  const dollars = (cents / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return `${name.padEnd(NAME_WIDTH)}${dollars.padStart(AMOUNT_WIDTH)}  ${what}`.trimEnd()
}

function whole(count: number): string {
  return count.toLocaleString('en')
}
