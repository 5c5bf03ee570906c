/**
 * cli/cost: `hemline cost`.
 *
 * In: events a day.
 * Out: what a month on AWS would cost, service by service, beside Amazon Personalize.
 * Invariant: nothing is looked up; the prices are a dated table in the code.
 */
import type { Command } from 'commander'
import { wholeNumberFlag, wrongFlag } from './flags.ts'
import { print, printJson } from './terminal.ts'

interface CostFlags {
  readonly eventsPerDay: string
  readonly readers?: string
  readonly size: string
  readonly json?: boolean
}

const READS_PER_EVENT = 0.5

export function addCostCommand(program: Command): void {
  program
    .command('cost')
    .description('estimate what a month on AWS would cost, beside Amazon Personalize')
    .requiredOption('--events-per-day <n>', 'events that visitors cause')
    .option('--readers <n>', 'calls a day that read recommendations (default: half the events)')
    .option('--size <size>', 'small or large, as in `npm run deploy`', 'small')
    .option('--json', 'print the estimate as JSON')
    .addHelpText('after', '\nWhat each service does: docs/aws.md')
    .action(async ({ eventsPerDay, readers, size, json }: CostFlags) => {
      const [{ estimateCost }, { formatCost }, { PRICES_AS_OF }] = await Promise.all([
        import('../../tools/cost/estimate.ts'),
        import('../../tools/cost/format-cost.ts'),
        import('../../tools/cost/prices.ts'),
      ])
      if (size !== 'small' && size !== 'large') throw wrongFlag('--size', 'small or large', size)
      const events = wholeNumberFlag('--events-per-day', eventsPerDay, { least: 1 })
      const reads = readers === undefined ? Math.round(events * READS_PER_EVENT) : wholeNumberFlag('--readers', readers)
      const workload = { eventsPerDay: events, readsPerDay: reads, size } as const
      const estimate = estimateCost(workload)
      if (json) printJson({ ...workload, pricesAsOf: PRICES_AS_OF, ...estimate })
      else print(formatCost(workload, estimate))
    })
}
