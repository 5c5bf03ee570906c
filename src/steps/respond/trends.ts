/**
 * respond/trends: what rises and fades, as the serving store holds it.
 *
 * In: a dimension and a window.
 * Out: its values with state, interval, evidence and the products that carry them.
 * Invariant: a read computes nothing but a choice of what is stored.
 */
import { TREND_DIMENSIONS, TREND_WINDOWS } from '../../parts/event/product.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { trendKey, type TrendEntry } from '../../parts/serving/slate.ts'
import type { Position } from '../../parts/stream/position.ts'
import { oneOf, wholeNumber, type Query } from '../../std/query.ts'

export const TRENDING_PARAMETERS = ['by', 'limit', 'key'] as const
export const TRENDS_PARAMETERS = ['dimension', 'window', 'state', 'limit', 'key'] as const

const TRENDING_LIMIT = 50
const TRENDS_LIMIT = 200
const STATES = ['any', 'rising', 'fading', 'steady', 'seasonal', 'unconfirmed', 'fad'] as const

export interface TrendingAnswer {
  readonly by: string
  readonly items: readonly { readonly value: string; readonly score: number; readonly sessions: number }[]
  readonly as_of: Position | null
}

/** The short form: values by the lower end of the interval. */
export function readTrending(serving: ServingReader, query: Query): TrendingAnswer {
  const by = oneOf(query, 'by', { choices: TREND_DIMENSIONS, fallback: 'product' })
  const limit = wholeNumber(query, 'limit', { least: 1, most: TRENDING_LIMIT, fallback: 20 })
  const seen = serving.trend(trendKey('now', by)).filter((entry) => entry.sessions > 0)
  return {
    by,
    items: seen.slice(0, limit).map(({ value, low, sessions }) => ({ value, score: low, sessions })),
    as_of: serving.list('trending', '')?.as_of ?? null,
  }
}

export interface TrendAnswer extends Omit<
  TrendEntry,
  'products' | 'sessions' | 'expected_sessions' | 'share' | 'expected_share'
> {
  readonly evidence: Pick<TrendEntry, 'sessions' | 'expected_sessions' | 'share' | 'expected_share'>
  readonly products: readonly { readonly product_id: string; readonly product_display_name: string | null }[]
}

export interface TrendsAnswer {
  readonly dimension: string
  readonly window: string
  readonly items: readonly TrendAnswer[]
  readonly as_of: Position | null
  readonly computed_at: string | null
}

export function readTrends(serving: ServingReader, query: Query): TrendsAnswer {
  const dimension = oneOf(query, 'dimension', { choices: TREND_DIMENSIONS, fallback: 'article_type' })
  const window = oneOf(query, 'window', { choices: TREND_WINDOWS, fallback: 'now' })
  const state = oneOf(query, 'state', { choices: STATES, fallback: 'any' })
  const limit = wholeNumber(query, 'limit', { least: 1, most: TRENDS_LIMIT, fallback: 20 })
  const entries = serving.trend(trendKey(window, dimension))
  const wanted = state === 'any' ? entries : entries.filter((entry) => entry.state === state)
  const list = serving.list('trending', '')
  return {
    dimension,
    window,
    items: wanted.slice(0, limit).map((entry) => answerOf(serving, entry)),
    as_of: list?.as_of ?? null,
    computed_at: list?.computed_at ?? null,
  }
}

function answerOf(serving: ServingReader, entry: TrendEntry): TrendAnswer {
  const { products, sessions, expected_sessions, share, expected_share, ...rest } = entry
  return {
    ...rest,
    evidence: { sessions, expected_sessions, share, expected_share },
    products: products.map((product_id) => ({
      product_id,
      product_display_name: serving.product(product_id)?.product_display_name ?? null,
    })),
  }
}
