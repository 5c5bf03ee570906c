/**
 * why/format-why: how a slate came about, as text for people.
 *
 * In: the answer of `tellWhy`.
 * Out: lines, an event after the other; what is new in each slate has a mark.
 * Invariant: nothing is said that the answer does not hold.
 */
import type { WhyAnswer, WhyProduct, WhyStep } from './why.ts'

const SHOWN_BETWEEN = 5

export function formatWhy(answer: WhyAnswer): string {
  const { visitor_id, user_id, records, steps, features } = answer
  const head = `visitor ${visitor_id}${user_id === null ? '' : `, user ${user_id}`}: ${records} ${records === 1 ? 'record' : 'records'} in the log`
  const lines = [records > steps.length ? `${head}, the last ${steps.length} of them below` : head]
  let before: ReadonlySet<string> | null = null
  for (const [place, step] of steps.entries()) {
    const isLast = place === steps.length - 1
    lines.push('', eventLine(step))
    for (const [nth, product] of step.slate.entries()) {
      if (!isLast && nth >= SHOWN_BETWEEN) break
      const isNew = before !== null && !before.has(product.product_id)
      lines.push(`  ${isNew ? '+' : ' '} ${String(nth + 1).padStart(2)}  ${named(product)}  (${product.reason})`)
      if (isLast) lines.push(...featureLines(features[product.product_id]))
    }
    before = new Set(step.slate.map((product) => product.product_id))
  }
  return lines.join('\n')
}

function eventLine({ at, events, position }: WhyStep): string {
  const told = events.map(({ type, product_id, name }) => `${type} ${name ?? product_id ?? ''}`.trim()).join(', ')
  return `${at}  ${told}  [record ${Number(position.sequence_number)}]`
}

function named({ product_id, name }: WhyProduct): string {
  return name === null ? product_id : `${name} [${product_id}]`
}

function featureLines(features: WhyAnswer['features'][string] = []): string[] {
  return features.map(
    ({ feature, value, weight, points }) =>
      `          ${signed(points)}  ${feature}: ${value.toFixed(3)} × ${weight.toFixed(3)}`,
  )
}

function signed(points: number): string {
  return `${points < 0 ? '' : '+'}${points.toFixed(3)}`
}
