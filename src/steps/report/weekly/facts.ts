/**
 * report/weekly/facts: what a week's report is made of.
 *
 * In: nothing; these are types.
 * Out: figures of one week, as numbers ready to be shown.
 * Invariant: null means that the shop has no source, or that nothing is known; it is never 0.
 */
import type { ReportWeek } from './week.ts'

/** Sums of one currency. */
export interface MoneyFacts {
  readonly currency: string | null
  readonly revenue: number
  readonly refund: number | null
  readonly discount: number | null
  readonly orders: number
  readonly units: number
  readonly previousRevenue: number | null
  readonly previousOrders: number | null
  readonly lastYearRevenue: number | null
  /** Monday to Sunday. */
  readonly days: readonly number[]
  readonly previousDays: readonly number[]
}

export interface VisitFacts {
  readonly sessions: number
  readonly previousSessions: number | null
  readonly views: number
  readonly carts: number
  readonly orders: number
  readonly previousViews: number | null
  readonly previousOrders: number | null
  readonly sources: readonly { readonly source: string; readonly views: number; readonly orders: number }[]
}

export interface SoldFacts {
  readonly name: string
  readonly detail: string
  readonly units: number
  readonly previousUnits: number
  readonly revenue: number | null
  readonly share: number
}

export interface TrendFacts {
  readonly dimension: string
  readonly value: string
  readonly state: string
  readonly since: string | null
  readonly share: number
  readonly ratio: number
  readonly low: number
  readonly high: number
  readonly coverDays: number | null
  /** Pairs of type and colour that move with it, most first. */
  readonly within: readonly string[]
  /** Share of attention by day, oldest first, 28 days; null on days without clicks. */
  readonly shares: readonly (number | null)[]
}

export interface ForecastFacts {
  readonly dimension: string
  readonly value: string
  readonly willTrend: boolean
  readonly wape: number | null
  readonly weeks: readonly {
    readonly week: string
    readonly p10: number
    readonly p50: number
    readonly p90: number
    readonly lastYear: number | null
  }[]
}

export interface AudienceFacts {
  readonly campaign: string
  readonly people: number
  readonly consented: number
  readonly unknown: number
  /** Consented, without an order in 30 days. */
  readonly reachable: number
}

export interface SegmentFacts {
  readonly segment: string
  readonly customers: number
  readonly customersShare: number
  readonly revenueShare: number
  readonly daysSinceOrder: number
  readonly clv: number | null
}

export interface StockFacts {
  readonly name: string
  readonly size: string | null
  readonly state: string
  readonly onHand: number
  readonly units28: number
  readonly coverDays: number | null
  readonly value: number | null
}

export interface RecommendationFacts {
  readonly impressions: number
  readonly clicks: number
  readonly orders: number
  readonly revenue: number
  readonly lift: {
    readonly lift: number
    readonly low: number
    readonly high: number
    readonly visitors: number
  } | null
}

export interface WeekFacts {
  readonly week: ReportWeek
  readonly newestNight: string
  /** Greatest revenue first. */
  readonly money: readonly MoneyFacts[]
  readonly visits: VisitFacts | null
  readonly customers: { readonly fresh: number; readonly returning: number; readonly guestOrders: number }
  readonly types: readonly SoldFacts[]
  readonly products: readonly SoldFacts[]
  readonly trends: readonly TrendFacts[]
  readonly forecasts: readonly ForecastFacts[]
  readonly audiences: readonly AudienceFacts[]
  readonly segments: readonly SegmentFacts[]
  /** Null: no source. */
  readonly stock: readonly StockFacts[] | null
  readonly returns:
    | readonly { readonly type: string; readonly rate: number; readonly low: number; readonly high: number }[]
    | null
  readonly discounts:
    | readonly {
        readonly campaign: string
        readonly extra: number
        readonly low: number
        readonly high: number
        readonly discount: number
      }[]
    | null
  readonly pairs: readonly {
    readonly one: string
    readonly other: string
    readonly orders: number
    readonly lift: number
  }[]
  readonly recommendations: RecommendationFacts | null
  readonly calibration: { readonly weeks: number; readonly orders: number; readonly predicted: number } | null
  /** What the nights of the week found wrong. */
  readonly warnings: readonly string[]
  /** Days of the week with clicks. */
  readonly clickDays: number
}
