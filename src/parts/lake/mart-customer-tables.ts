/**
 * lake/mart-customer-tables: marts of who buys, what they are worth, and who to write to.
 *
 * In: nothing; these are definitions.
 * Out: customers, segments, cohorts, expected value, consent, audiences.
 * Invariant: people are known by the shop's pseudonym alone; money of two currencies is never one sum.
 */
import { AS_OF, column, CURRENCY, moneySum, USER_ID } from './mart-columns.ts'
import type { TableDefinition } from './schema.ts'

const CUSTOMER: TableDefinition = {
  namespace: 'mart',
  table: 'customer',
  description: 'One person with an account and one currency they have paid in.',
  columns: [
    USER_ID,
    CURRENCY,
    column('first_order_date', 'date', 'Shop date of the first order.'),
    column('last_order_date', 'date', 'Shop date of the last one.'),
    column('orders', 'long', 'Orders, cancelled ones excluded.'),
    column('units', 'long', 'Pieces.'),
    moneySum('revenue', 'Sum of net of their lines, in currency.'),
    column('order_value', 'decimal(12,2)', 'revenue divided by orders, in currency.'),
    column('recency', 'int', '1 to 5 by last order; 5 is the fifth of customers who ordered last.'),
    column('frequency', 'int', '1 to 5 by orders: 1, 2, 3 to 4, 5 to 7, 8 or more.'),
    column('monetary', 'int', '1 to 5 by revenue; 5 is the fifth of customers who spent most.'),
    column('segment', 'string', 'champions, loyal, new, promising, at_risk, lapsed or occasional.'),
    column('p_alive', 'double', 'Chance that the person will order again at all, 0 to 1; null without a model.'),
    column('orders_12m', 'double', 'Orders expected in the next 12 months; null without a model.'),
    column('clv', 'decimal(12,2)', 'Revenue expected in the next 12 months, in currency; null without a model.'),
    AS_OF,
  ],
  partition: null,
}

const RFM: TableDefinition = {
  namespace: 'mart',
  table: 'rfm',
  description: 'Customers by how lately, how often and how much they bought: one segment and currency.',
  columns: [
    column('segment', 'string', 'champions, loyal, new, promising, at_risk, lapsed or occasional.'),
    CURRENCY,
    column('customers', 'long', 'People in it.'),
    column('customers_share', 'double', 'Their share of all customers of the currency, 0 to 1.'),
    moneySum('revenue', 'What they have spent, in currency.'),
    column('revenue_share', 'double', 'Its share of what all spent in the currency, 0 to 1.'),
    column('days_since_order', 'double', 'Mean days since their last order.'),
    moneySum('clv', 'Revenue expected of them in the next 12 months, in currency; null without a model.'),
    AS_OF,
  ],
  partition: null,
}

const COHORT_MONTHLY: TableDefinition = {
  namespace: 'mart',
  table: 'cohort_monthly',
  description: 'Who comes back: customers of one first month and currency, in one month after it.',
  columns: [
    column('cohort_month', 'date', 'First day of the month of the first order.'),
    column('months_since', 'int', 'Months after the first, from 0.'),
    CURRENCY,
    column('size', 'long', 'Customers whose first order fell into cohort_month.'),
    column('active', 'long', 'Of these, customers with an order in the month; null while the month is unfinished.'),
    column('retention', 'double', 'active divided by size, 0 to 1; null while the month is unfinished.'),
    moneySum('revenue', 'What they spent in the month, in currency; null while the month is unfinished.'),
    column('revenue_per_head', 'decimal(12,2)', 'revenue divided by size, in currency.'),
    AS_OF,
  ],
  partition: null,
}

const CLV_MODEL: TableDefinition = {
  namespace: 'mart',
  table: 'clv_model',
  description: "The model of customers' value of one currency, and how it did on weeks it had not seen.",
  columns: [
    CURRENCY,
    column('status', 'string', 'fitted, or why not.'),
    column('customers', 'long', 'Customers it was fitted on.'),
    column('repeat_customers', 'long', 'Of these, customers who came back.'),
    column('r', 'double', 'BG/NBD: shape of the order rate.'),
    column('alpha', 'double', 'BG/NBD: rate parameter of the order rate, in weeks.'),
    column('a', 'double', 'BG/NBD: first parameter of dropping out.'),
    column('b', 'double', 'BG/NBD: second parameter of dropping out.'),
    column('p', 'double', "Gamma-Gamma: shape of one order's value."),
    column('q', 'double', 'Gamma-Gamma: shape of the spread between customers.'),
    column('gamma', 'double', 'Gamma-Gamma: its scale, in currency.'),
    column('holdout_weeks', 'int', 'Newest weeks held out to test it; null where history is too short.'),
    column('holdout_customers', 'long', 'Customers known before them.'),
    column('holdout_orders', 'double', 'Days with an order these had in the held out weeks.'),
    column('holdout_predicted', 'double', 'The same as predicted from the weeks before.'),
    column('holdout_rmse', 'double', 'Root mean square error a customer, in days with an order.'),
    column('holdout_rmse_pace', 'double', "The same error of going on at each customer's past pace."),
    column('holdout_groups', 'string', 'JSON array: by repeats before, customers, orders that came and predicted.'),
    AS_OF,
  ],
  partition: null,
}

const CLV_PATTERN: TableDefinition = {
  namespace: 'mart',
  table: 'clv_pattern',
  description: 'What a history of orders lets expect: one currency and pattern of orders in weeks.',
  columns: [
    CURRENCY,
    column('repeats', 'long', 'Days with an order after the first one.'),
    column('recency_weeks', 'int', 'Weeks from the first order to the last.'),
    column('age_weeks', 'int', 'Weeks from the first order to as_of.'),
    column('customers', 'long', 'Customers with this pattern.'),
    column('p_alive', 'double', 'Chance that such a customer will order again at all, 0 to 1.'),
    column('orders_12m', 'double', 'Orders expected of one in the next 52 weeks.'),
    AS_OF,
  ],
  partition: null,
}

const CLV: TableDefinition = {
  namespace: 'mart',
  table: 'clv',
  description: 'What a customer is expected to be worth: one person and currency.',
  columns: [
    USER_ID,
    CURRENCY,
    column('repeats', 'long', 'Days with an order after the first one; x of BG/NBD.'),
    column('recency_weeks', 'int', 'Weeks from the first order to the last; t_x of BG/NBD.'),
    column('age_weeks', 'int', 'Weeks from the first order to as_of; T of BG/NBD.'),
    column('p_alive', 'double', 'Chance that the person will order again at all, 0 to 1; null without a model.'),
    column('orders_12m', 'double', 'Days with an order expected in the next 52 weeks; null without a model.'),
    column('order_value', 'decimal(12,2)', 'Revenue expected of one such day, in currency; null without a model.'),
    column('clv', 'decimal(12,2)', 'orders_12m times order_value, in currency; null without a model.'),
    AS_OF,
  ],
  partition: null,
}

const CONSENT: TableDefinition = {
  namespace: 'mart',
  table: 'consent',
  description: 'What a person last said about being written to: one person who has said anything.',
  columns: [
    USER_ID,
    column('marketing', 'string', 'yes or no, as of the newest event that says; a no to personalisation is a no.'),
    column('decided_at', 'timestamp', 'When it was said, UTC.'),
  ],
  partition: null,
}

const AUDIENCE: TableDefinition = {
  namespace: 'mart',
  table: 'audience',
  description: 'Whom a value draws: one campaign, which is a value of a dimension, and one person.',
  columns: [
    column('campaign', 'string', 'dimension=value, such as base_colour=Red.'),
    column('dimension', 'string', 'Such as base_colour.'),
    column('value', 'string', 'Such as Red.'),
    column('state', 'string', 'State of the value in mart.trend_leaderboard; null where it has none.'),
    USER_ID,
    column(
      'attention',
      'double',
      'Attention of the person to the value in 28 days: view 1, cart 3, order 6 a session.',
    ),
    column('attention_share', 'double', "Its share of the person's attention, drawn to the shop's share, 0 to 1."),
    column('shop_share', 'double', "The value's share of the attention of all people with an account, 0 to 1."),
    column('lean', 'double', 'attention_share divided by shop_share; never below 1.5.'),
    column('why', 'string', 'The same in words.'),
    column('consent', 'string', 'yes, no or unknown: may the person be written to.'),
    column('last_order_date', 'date', 'Shop date of the last order; null where there is none.'),
    column('clv', 'decimal(12,2)', 'Revenue expected in the next 12 months, in currency; null without a model.'),
    CURRENCY,
    AS_OF,
  ],
  partition: null,
}

export const CUSTOMER_MARTS: readonly TableDefinition[] = [
  CUSTOMER,
  RFM,
  COHORT_MONTHLY,
  CLV_MODEL,
  CLV_PATTERN,
  CLV,
  CONSENT,
  AUDIENCE,
]
