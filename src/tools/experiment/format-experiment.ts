/**
 * experiment/format-experiment: an experiment's result as text for people.
 *
 * In: the report.
 * Out: a block a variant: rates, and lifts with their intervals; then the slots with the most impressions.
 * Invariant: a lift whose interval holds 0 is called no clear difference.
 */
import {
  MEASURES,
  type ExperimentReport,
  type Measure,
  type SlotReport,
  type VariantReport,
} from './experiment-report.ts'
import type { Lift } from './lift.ts'

const NAMES: Readonly<Record<Measure, string>> = {
  conversion: 'visitors who ordered',
  orders_per_visitor: 'orders a visitor',
  click_rate: 'clicks of impressions',
}
const SLOTS_SHOWN = 20

export function formatExperiment({ name, base, variants, slots }: ExperimentReport): string {
  const lines = [`experiment ${name}, compared with ${base}`]
  for (const variant of variants) lines.push('', ...variantLines(variant, variant.variant === base))
  const shown = slots.toSorted((a, b) => b.impressions - a.impressions).slice(0, SLOTS_SHOWN)
  if (shown.length > 0) lines.push('', 'variant / placement / position: impressions, clicks, orders')
  for (const slot of shown) lines.push(slotLine(slot))
  return lines.join('\n')
}

function variantLines(report: VariantReport, isBase: boolean): string[] {
  const { variant, visitors, impressions, clicks, orders } = report
  return [
    `${variant}: ${visitors} visitors, ${impressions} impressions, ${clicks} clicks, ${orders} orders`,
    ...MEASURES.map((measure) => {
      const { rate, lift } = report.measures[measure]
      const share = rate === null ? 'nothing shown' : `${(100 * rate).toFixed(2)} %`
      return `  ${NAMES[measure].padEnd(22)} ${share.padStart(9)}${isBase ? '' : `   ${liftText(lift)}`}`
    }),
  ]
}

function liftText(lift: Lift | null): string {
  if (lift === null) return 'too little to tell'
  const verdict = lift.low > 0 ? 'more' : lift.high < 0 ? 'less' : 'no clear difference'
  return `${signed(lift.lift)} (95 %: ${signed(lift.low)} to ${signed(lift.high)})  ${verdict}`
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)} %`
}

function slotLine({ variant, placement, position, impressions, clicks, orders }: SlotReport): string {
  return `  ${variant} / ${placement ?? '(none)'} / ${position ?? '-'}: ${impressions}, ${clicks}, ${orders}`
}
