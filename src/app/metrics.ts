/**
 * app/metrics: what operators watch, in Prometheus' text form.
 *
 * In: ledgers and positions, read when somebody asks.
 * Out: the body of GET /metrics.
 * Invariant: names end in their unit; counters only grow.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { LedgerTotals } from '../steps/collect/ledger.ts'
import type { StageStatus } from './status.ts'

export interface MetricSources {
  readonly ledger: () => LedgerTotals
  readonly stages: () => readonly StageStatus[]
}

export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'hemline_' })
  const counters: readonly [name: keyof LedgerTotals, help: string][] = [
    ['received', 'Events that came in, items counted singly.'],
    ['accepted', 'Events on disk.'],
    ['duplicates', 'Events dropped because their id was known.'],
    ['rejected', 'Events refused and kept in quarantine.'],
    ['products', 'Products added or changed.'],
  ]
  for (const [name, help] of counters) {
    const metric = name === 'products' ? 'hemline_products_put_total' : `hemline_events_${name}_total`
    const counter: Counter = new Counter({
      name: metric,
      help,
      registers: [],
      collect() {
        this.reset()
        this.inc(sources.ledger()[name])
      },
    })
    registry.registerMetric(counter)
  }
  const stages: readonly [name: string, help: string, pick: (stage: StageStatus) => number][] = [
    ['lag_milliseconds', 'Age of the oldest record a stage has still to do.', (stage) => stage.lag_ms],
    ['waiting_records', 'Records a stage has still to do.', (stage) => stage.waiting],
  ]
  for (const [name, help, pick] of stages) {
    const gauge: Gauge<'stage'> = new Gauge({
      name: `hemline_stage_${name}`,
      help,
      labelNames: ['stage'],
      registers: [],
      collect() {
        for (const stage of sources.stages()) this.set({ stage: stage.name }, pick(stage))
      },
    })
    registry.registerMetric(gauge)
  }
  return registry
}
