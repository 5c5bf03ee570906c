/**
 * report/clv/fit-clv: the model of customers' value, fitted each night and tested on weeks it has not seen.
 *
 * In: clean.order_details up to a date.
 * Out: for each currency the parameters, what they say of each pattern of orders, and how they did.
 * Replay: the same orders give the same model, bit for bit.
 * Invariant: a currency with too few customers has no model, and says so; nobody gets a value by guess.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { addDays } from '../../../parts/shopdb/shop-day.ts'
import { readTransform } from '../../../parts/sql/lake-connection.ts'
import { chanceAlive, fitBgNbd, purchasesIn, type BgNbd, type Pattern } from './bg-nbd.ts'
import { fitGammaGamma, type GammaGamma, type ValueBin } from './gamma-gamma.ts'

const YEAR_WEEKS = 52
const CUSTOMERS_MINIMUM = 100
const REPEAT_CUSTOMERS_MINIMUM = 30
const HOLDOUT_WEEKS_MAXIMUM = 26
/** Shorter histories have nothing to hold out. */
const HISTORY_WEEKS_MINIMUM = 24
const GROUPS = [0, 1, 2, 3, 5, 8]

interface History extends Pattern {
  readonly currency: string | null
  /** Sums over the pattern's customers. */
  readonly ordersAfter: number
  readonly ordersAfterSquared: number
}

/** How the model did: sums over customers known before the held out weeks. */
export interface Calibration {
  readonly weeks: number
  readonly customers: number
  readonly orders: number
  readonly predicted: number
  /** Root mean square error a customer, in orders; beside it that of each one's past pace. */
  readonly rmse: number
  readonly paceRmse: number
  readonly groups: readonly CalibrationGroup[]
}

interface CalibrationGroup {
  /** Such as "3 to 4". */
  readonly repeats: string
  readonly customers: number
  readonly orders: number
  readonly predicted: number
}

export interface ClvFit {
  readonly currency: string | null
  readonly status: string
  readonly customers: number
  readonly repeatCustomers: number
  readonly orders: BgNbd | null
  readonly values: GammaGamma | null
  readonly calibration: Calibration | null
  readonly patterns: readonly FittedPattern[]
}

interface FittedPattern extends Pattern {
  readonly alive: number
  readonly orders12m: number
}

/** @param last the newest shop date to learn from */
export async function fitClv(connection: DuckDBConnection, last: string): Promise<readonly ClvFit[]> {
  const histories = await historiesOf(connection, last, last)
  const weeks = histories.reduce((most, { ageWeeks }) => Math.max(most, ageWeeks), 0)
  const holdoutWeeks = weeks < HISTORY_WEEKS_MINIMUM ? 0 : Math.min(HOLDOUT_WEEKS_MAXIMUM, Math.floor(weeks / 3))
  const earlier = holdoutWeeks === 0 ? [] : await historiesOf(connection, addDays(last, -7 * holdoutWeeks), last)
  const bins = await valuesOf(connection, last)
  const currencies = [...new Set(histories.map(({ currency }) => currency))]
  return currencies.map((currency) => {
    const of = <Row extends { readonly currency: string | null }>(rows: readonly Row[]) =>
      rows.filter((row) => row.currency === currency)
    return fitOne(currency, { histories: of(histories), earlier: of(earlier), bins: of(bins), holdoutWeeks })
  })
}

interface Evidence {
  readonly histories: readonly History[]
  readonly earlier: readonly History[]
  readonly bins: readonly ValueBin[]
  readonly holdoutWeeks: number
}

function fitOne(currency: string | null, { histories, earlier, bins, holdoutWeeks }: Evidence): ClvFit {
  const { customers, repeatCustomers } = sizeOf(histories)
  const base = { currency, customers, repeatCustomers }
  if (customers < CUSTOMERS_MINIMUM || repeatCustomers < REPEAT_CUSTOMERS_MINIMUM) {
    const status = `too few customers: needs ${CUSTOMERS_MINIMUM}, and ${REPEAT_CUSTOMERS_MINIMUM} who came back`
    return { ...base, status, orders: null, values: null, calibration: null, patterns: [] }
  }
  const orders = fitBgNbd(histories)
  const patterns = histories.map((pattern) => ({
    ...pattern,
    alive: chanceAlive(orders, pattern),
    orders12m: purchasesIn(YEAR_WEEKS, orders, pattern),
  }))
  const before = sizeOf(earlier)
  const isTestable = before.customers >= CUSTOMERS_MINIMUM && before.repeatCustomers >= REPEAT_CUSTOMERS_MINIMUM
  return {
    ...base,
    status: 'fitted',
    orders,
    values: fitGammaGamma(bins),
    calibration: isTestable ? calibrate(earlier, holdoutWeeks) : null,
    patterns,
  }
}

function sizeOf(histories: readonly History[]): { readonly customers: number; readonly repeatCustomers: number } {
  let customers = 0
  let repeatCustomers = 0
  for (const history of histories) {
    customers += history.customers
    if (history.repeats > 0) repeatCustomers += history.customers
  }
  return { customers, repeatCustomers }
}

/** Fits on the earlier weeks alone and compares what it says of the held out ones with what came. */
function calibrate(earlier: readonly History[], weeks: number): Calibration {
  const model = fitBgNbd(earlier)
  const groups = GROUPS.map((from, nth) => ({ from, sums: emptyGroup(from, GROUPS[nth + 1]) }))
  const total = { customers: 0, orders: 0, predicted: 0, square: 0, paceSquare: 0 }
  for (const history of earlier) {
    const { customers, ordersAfter, ordersAfterSquared, repeats, ageWeeks } = history
    const each = purchasesIn(weeks, model, history)
    const pace = (weeks * repeats) / Math.max(1, ageWeeks)
    const squareOf = (guess: number) => ordersAfterSquared - 2 * guess * ordersAfter + customers * guess * guess
    total.square += squareOf(each)
    total.paceSquare += squareOf(pace)
    const group = groups.findLast(({ from }) => repeats >= from) ?? groups[0]
    for (const sums of [total, group.sums]) {
      sums.customers += customers
      sums.orders += ordersAfter
      sums.predicted += customers * each
    }
  }
  const { customers, orders, predicted } = total
  const error = (square: number) => Math.sqrt(Math.max(0, square) / customers)
  return {
    weeks,
    customers,
    orders,
    predicted,
    rmse: error(total.square),
    paceRmse: error(total.paceSquare),
    groups: groups.flatMap(({ sums }) => (sums.customers === 0 ? [] : [sums])),
  }
}

function emptyGroup(from: number, next: number | undefined) {
  const repeats = next === undefined ? `${from} or more` : next === from + 1 ? String(from) : `${from} to ${next - 1}`
  return { repeats, customers: 0, orders: 0, predicted: 0 }
}

async function historiesOf(connection: DuckDBConnection, until: string, last: string): Promise<readonly History[]> {
  const sql = readTransform(new URL('./histories.sql', import.meta.url), { until, last })
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson()
  return rows.map((row) => ({
    currency: row['currency'] as string | null,
    repeats: Number(row['repeats']),
    recencyWeeks: Number(row['recency_weeks']),
    ageWeeks: Number(row['age_weeks']),
    customers: Number(row['customers']),
    ordersAfter: Number(row['orders_after']),
    ordersAfterSquared: Number(row['orders_after_squared']),
  }))
}

async function valuesOf(
  connection: DuckDBConnection,
  last: string,
): Promise<readonly (ValueBin & { readonly currency: string | null })[]> {
  const sql = readTransform(new URL('./values.sql', import.meta.url), { last })
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson()
  return rows.map((row) => ({
    currency: row['currency'] as string | null,
    days: Number(row['days']),
    mean: Number(row['mean']),
    customers: Number(row['customers']),
  }))
}
