/**
 * shopdb/port: what the pipeline may ask of the shop's own database.
 *
 * In: a span of instants cut into days.
 * Out: orders of that span with their lines, all users, all products, and what SQL counted of them.
 * Invariant: one call sees one state of the database and writes nothing to it.
 */
import type { ShopProduct, ShopUser } from './rows.ts'

/** Users or products handed over at once; the reader holds no more than this in memory. */
export const NIGHT_CHUNK_ROWS = 5000

/** Half-open days, oldest first, each beginning where the one before ends. Length n + 1 for n days. */
export interface NightSpan {
  /** Epoch milliseconds; order k belongs to day d where bounds[d] <= order_date < bounds[d + 1]. */
  readonly boundsMs: readonly number[]
  /** Shop date of the first day, "YYYY-MM-DD"; each other day is the date after the one before. */
  readonly firstDate: string
  /** How to read an order_date that carries no zone. */
  readonly timeZone: string
}

/**
 * Takes what is read as it comes; the next chunk waits for the promise. Orders and their lines, of which there may be
 * millions, come as newline-delimited JSON of `ShopOrder` and `ShopLine`; a chunk may end within a line.
 */
export interface NightSink {
  users(rows: readonly ShopUser[]): Promise<void>
  products(rows: readonly ShopProduct[]): Promise<void>
  orders(json: Uint8Array): Promise<void>
  lines(json: Uint8Array): Promise<void>
  /** `ShopReturn` of the span. */
  returns(json: Uint8Array): Promise<void>
  /** `ShopStock`, all of it. */
  stock(json: Uint8Array): Promise<void>
}

/** What one day holds, by the shop's own arithmetic. Sums are decimal strings. */
export interface DayTotals {
  readonly orders: number
  readonly ordersTotal: string
  readonly lines: number
  readonly units: number
  /** Sum of quantity times unit price, before discounts. */
  readonly gross: string
}

export interface NightTotals {
  /** One per day of the span, in its order. */
  readonly days: readonly DayTotals[]
  readonly users: number
  readonly products: number
  /** Of the span; 0 where the shop has no such table. */
  readonly returns: number
  readonly stock: number
}

export interface OrderDay {
  /** "YYYY-MM-DD". */
  readonly shopDate: string
  readonly orders: number
  /** Decimal text. */
  readonly ordersTotal: string
}

/** Which optional columns and tables the shop has; a mart says "no source" for the others, never 0. */
export interface ShopSources {
  readonly orderStatus: boolean
  readonly orderCurrency: boolean
  readonly orderDiscount: boolean
  readonly orderCoupon: boolean
  readonly lineVariant: boolean
  readonly lineDiscount: boolean
  readonly returns: boolean
  readonly stock: boolean
}

export interface NightReading {
  readonly totals: NightTotals
  readonly sources: ShopSources
}

export interface ShopDatabase {
  /**
   * Reads everything a night needs in one REPEATABLE READ, READ ONLY transaction.
   *
   * @throws HEM_SHOPDB_UNREACHABLE, HEM_SHOPDB_REFUSED, HEM_SHOPDB_SCHEMA, HEM_SHOPDB_READ; what the sink throws passes through
   */
  readNight(span: NightSpan, sink: NightSink): Promise<NightReading>
  /** Connects, looks for the tables and leaves. Same errors as `readNight`. */
  check(): Promise<ShopSources>
  /** Instant of the oldest order, or null where there is none: where a backfill of everything begins. */
  oldestOrderMs(): Promise<number | null>
  /** Addresses of these users, by id; who has none is left out. Personal data: never written to disk. */
  emails(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** What each shop date with orders holds, the whole history in one pass: to find days that were edited long after. */
  orderDays(): Promise<readonly OrderDay[]>
}
