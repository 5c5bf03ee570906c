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
  const lag = new Gauge({
    name: 'hemline_stage_lag_milliseconds',
    help: 'Age of the oldest record a stage has still to do.',
    labelNames: ['stage'],
    registers: [registry],
  })
  const done = new Gauge({
    name: 'hemline_stage_records',
    help: 'Records a stage has still to do.',
    labelNames: ['stage'],
    registers: [registry],
    collect() {
      for (const stage of sources.stages()) {
        lag.set({ stage: stage.name }, stage.lag_ms)
        done.set({ stage: stage.name }, stage.waiting)
      }
    },
  })
  return registry
}
