/**
 * model/options: the bounds and the seed of a model, and how its slates are mixed.
 *
 * In: what the caller wants to be different.
 * Out: every option with its value.
 * Invariant: two models with equal options and equal logs are equal, bit for bit.
 */
export interface ModelOptions {
  /** Events the index keeps; when full, the oldest half is dropped. 16 to 100,000,000. */
  readonly maxEvents: number
  /** Visitors whose sessions are kept; the least recently active leave first. */
  readonly maxVisitors: number
  /** Start of the model's own generator, a whole number that is not 0. */
  readonly seed: number
  /** At most this share of a visitor's slate repeats what they have seen in this visit, 0 to 1. */
  readonly reminderShare: number
  /** Whether one place in ten goes to a product that hardly anyone knows. */
  readonly newcomers: boolean
}

const DEFAULTS: ModelOptions = {
  maxEvents: 4_000_000,
  maxVisitors: 200_000,
  seed: 12_345,
  reminderShare: 1 / 3,
  newcomers: true,
}

export function modelOptions(given: Partial<ModelOptions> = {}): ModelOptions {
  const options = { ...DEFAULTS, ...given }
  return {
    maxEvents: Math.min(100_000_000, Math.max(16, Math.floor(options.maxEvents))),
    maxVisitors: Math.max(1, Math.floor(options.maxVisitors)),
    seed: options.seed | 0 || DEFAULTS.seed,
    reminderShare: Math.min(1, Math.max(0, options.reminderShare)),
    newcomers: options.newcomers,
  }
}
