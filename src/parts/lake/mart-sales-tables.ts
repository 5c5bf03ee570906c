/**
 * lake/mart-sales-tables: marts of what was sold, looked at, discounted, sent back and left in stock.
 *
 * In: nothing; these are definitions.
 * Out: sales, interest, funnel, new and returning customers, baskets, discounts, returns, stock, recommendations.
 * Invariant: currencies are never summed together; what has no source is null or says so, never 0.
 */
import { AS_OF, byShopMonth, column, CURRENCY, moneySum, SHOP_DATE, SHOP_MONTH, SOURCE } from './mart-columns.ts'
import type { TableDefinition } from './schema.ts'

const SALES_DAILY: TableDefinition = {
  namespace: 'mart',
  table: 'sales_daily',
  description: 'What sold: one day, article type, colour, gender and currency.',
  columns: [
    SHOP_DATE,
    column('article_type', 'string', 'Such as Tshirts; null where the product is unknown.'),
    column('base_colour', 'string', 'Main colour.'),
    column('gender', 'string', 'Gender the product is made for.'),
    column('currency', 'string', 'ISO 4217 code of revenue.'),
    column('orders', 'long', 'Orders with at least one such line.'),
    column('units', 'long', 'Pieces sold.'),
    column('gross', 'decimal(12,2)', 'Sum of quantity times unit_price, in currency.'),
    column('discount', 'decimal(12,2)', 'Sum of discounts, in currency; null without source.'),
    column('revenue', 'decimal(12,2)', 'gross less discount, in currency.'),
    SHOP_MONTH,
    column('refund', 'decimal(12,2)', 'Paid back on this day, whenever it was sold, in currency; null without source.'),
    column('net', 'decimal(12,2)', 'revenue less refund, in currency; equals revenue where refunds have no source.'),
    column('order_value', 'decimal(12,2)', 'revenue divided by orders, in currency; null on days of refunds alone.'),
  ],
  partition: byShopMonth,
}

const PRODUCT_INTEREST_DAILY: TableDefinition = {
  namespace: 'mart',
  table: 'product_interest_daily',
  description: 'Which products interest whom: one day and product.',
  columns: [
    SHOP_DATE,
    column('product_id', 'string', 'The product.'),
    column('product_display_name', 'string', 'Name as shown.'),
    column('article_type', 'string', 'Such as Tshirts.'),
    column('base_colour', 'string', 'Main colour.'),
    column('gender', 'string', 'Gender the product is made for.'),
    column('viewers', 'long', 'Visitors who looked at it, bots excluded.'),
    column('cart_sessions', 'long', 'Sessions in which it was put into the cart.'),
    column('units', 'long', 'Pieces sold.'),
    column('net', 'decimal(12,2)', 'Sum of net of its lines, in currency; null where it sold in several currencies.'),
    column('currency', 'string', 'ISO 4217 code of net; null without a sale or with several.'),
    column('interest', 'long', 'Sessions at their highest step, view 1 and cart 3, and 6 for each order.'),
    column('rank', 'int', 'Place of the day by interest, 1 is the highest; equals share a place.'),
    column('rank_change', 'int', 'Places won against the seven days before; null if it drew no interest then.'),
    column('viewers_female', 'long', 'Viewers known to be female.'),
    column('viewers_male', 'long', 'Viewers known to be male.'),
    column('viewers_unknown', 'long', 'Viewers whose sex is not known, most of them anonymous.'),
    column('top_sex', 'string', 'Sex of most known viewers; null where none is known.'),
    column('top_age_band', 'string', 'Age band of most known viewers; null where none is known.'),
    column('top_region', 'string', 'Region of most known viewers; null where none is known.'),
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

const FUNNEL_DAILY: TableDefinition = {
  namespace: 'mart',
  table: 'funnel_daily',
  description: 'From a look to an order: one day, source of the visit and article type.',
  columns: [
    SHOP_DATE,
    column('source', 'string', 'campaign:NAME, search, social, referral or direct, by the first event that tells.'),
    column('article_type', 'string', 'Such as Tshirts; "(all)" counts each session once, whatever it looked at.'),
    column('sessions', 'long', 'Sessions that began this day, bots excluded; of a type: those that met it.'),
    column('view_sessions', 'long', 'Of these, sessions that looked at a product.'),
    column('cart_sessions', 'long', 'Of these, sessions that put one into the cart, after they had looked.'),
    column('order_sessions', 'long', 'Of these, sessions that ordered, after they had filled the cart.'),
    column('view_to_cart', 'double', 'cart_sessions divided by view_sessions, 0 to 1; null without a view.'),
    column('cart_to_order', 'double', 'order_sessions divided by cart_sessions, 0 to 1; null without a cart.'),
    column('view_to_order', 'double', 'order_sessions divided by view_sessions, 0 to 1; null without a view.'),
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

const NEW_RETURNING: TableDefinition = {
  namespace: 'mart',
  table: 'new_returning',
  description: 'First orders and later ones: one day, kind of customer and currency.',
  columns: [
    SHOP_DATE,
    column('customer_kind', 'string', 'new: first order ever; returning: a later one; guest: no account.'),
    CURRENCY,
    column('customers', 'long', 'People who ordered; null for guests, who cannot be told apart.'),
    column('orders', 'long', 'Orders.'),
    moneySum('revenue', 'Sum of net of their lines, in currency.'),
    column(
      'visitors',
      'long',
      'Visitors of the day, bots excluded; the same in each of its rows, null without clicks.',
    ),
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

const BASKET_AFFINITY: TableDefinition = {
  namespace: 'mart',
  table: 'basket_affinity',
  description: 'What is bought together: one product and another, over the year up to as_of.',
  columns: [
    column('product_id', 'string', 'The product in the basket.'),
    column('with_product_id', 'string', 'The other product.'),
    column('product_display_name', 'string', 'Name of the product as shown.'),
    column('with_display_name', 'string', 'Name of the other product as shown.'),
    column('orders_both', 'long', 'Orders with both; never below 5.'),
    column('orders_product', 'long', 'Orders with the product.'),
    column('orders_with', 'long', 'Orders with the other product.'),
    column('support', 'double', 'orders_both divided by all orders, 0 to 1.'),
    column('confidence', 'double', 'orders_both divided by orders_product, 0 to 1.'),
    column('lift', 'double', 'How many times more often both are bought than chance would have it.'),
    column('lift_shrunk', 'double', 'lift drawn towards 1 where few orders speak for it; what to rank by.'),
    AS_OF,
  ],
  partition: null,
}

const DISCOUNT_EFFECT: TableDefinition = {
  namespace: 'mart',
  table: 'discount_effect',
  description: 'What a discount moved: one campaign and currency, against the four weeks before it.',
  columns: [
    column('campaign', 'string', 'Coupon code, or "markdown" and the month for discounts without a code.'),
    CURRENCY,
    column('first_date', 'date', 'First day with such a discount.'),
    column('last_date', 'date', 'Last one.'),
    column('days', 'long', 'Days from first to last.'),
    column('orders', 'long', 'Orders with the discount.'),
    column('units', 'long', 'Pieces sold in these days of the products it was used on, discounted or not.'),
    column('units_expected', 'double', 'The same products and as many days at the pace of the 28 days before.'),
    column('units_extra', 'double', 'units less units_expected.'),
    column('units_extra_low', 'double', 'Lower end of the 80 % interval of units_extra.'),
    column('units_extra_high', 'double', 'Upper end of it.'),
    moneySum('discount', 'Given away, in currency.'),
    moneySum('revenue', 'Revenue of these products in these days, in currency.'),
    moneySum('revenue_extra', 'revenue less that of the 28 days before at the same pace, in currency.'),
    SOURCE,
    AS_OF,
  ],
  partition: null,
}

const STOCK_SLOW: TableDefinition = {
  namespace: 'mart',
  table: 'stock_slow',
  description: 'How long stock lasts at the present pace: one variant, or product where the shop has no variants.',
  columns: [
    column('product_id', 'string', 'The product.'),
    column('variant_id', 'string', 'Size and colour; null where the shop has no variants.'),
    column('product_display_name', 'string', 'Name as shown.'),
    column('article_type', 'string', 'Such as Tshirts.'),
    column('base_colour', 'string', 'Main colour.'),
    column('size', 'string', 'Size; null where the shop does not say.'),
    column('on_hand', 'long', 'Pieces in stock.'),
    column('units_28d', 'long', 'Pieces sold in the 28 days up to as_of.'),
    column(
      'days_in_stock',
      'long',
      'Of these days, those on which there was stock; null where earlier nights are unknown.',
    ),
    column('cover_days', 'double', 'on_hand divided by the pace of the days in stock; null without a sale.'),
    column('sell_through', 'double', 'units_28d divided by units_28d plus on_hand, 0 to 1.'),
    column('age_days', 'long', 'Days since the first sale or the first night that saw it.'),
    column('state', 'string', 'out, short (under 14 days of cover), slow (over 90 and older than 60 days) or ok.'),
    column('price', 'decimal(12,2)', 'Price of one piece, in currency.'),
    CURRENCY,
    SOURCE,
    AS_OF,
  ],
  partition: null,
}

const RETURNS: TableDefinition = {
  namespace: 'mart',
  table: 'returns',
  description: 'What comes back: one article type and size, of orders 30 to 395 days old.',
  columns: [
    column('article_type', 'string', 'Such as Tshirts.'),
    column('size', 'string', 'Size; null where the shop does not say.'),
    column('units_sold', 'long', 'Pieces sold.'),
    column('units_returned', 'long', 'Of these, pieces that came back.'),
    column('return_rate', 'double', 'units_returned divided by units_sold, 0 to 1.'),
    column('rate_low', 'double', 'Lower end of the 95 % interval of the rate.'),
    column('rate_high', 'double', 'Upper end of it.'),
    SOURCE,
    AS_OF,
  ],
  partition: null,
}

const RECS_DAILY: TableDefinition = {
  namespace: 'mart',
  table: 'recs_daily',
  description: 'What recommendations led to: one day, placement, arm, reason and currency.',
  columns: [
    SHOP_DATE,
    column('placement', 'string', 'Where the list stood: home, product, cart, trending, new_in.'),
    column('arm', 'string', 'Experiment and arm, such as home/random, as the events say; null where they do not.'),
    column('reason', 'string', 'Reason code shown, as the events say; null where they do not.'),
    CURRENCY,
    column('impressions', 'long', 'Products of lists that were shown, each once a list, bots excluded.'),
    column('clicks', 'long', 'Products of lists that were clicked, each once a list.'),
    column('click_rate', 'double', 'clicks divided by impressions, 0 to 1; null without an impression.'),
    column('orders', 'long', 'Orders of a product within 24 h of a click on it; the last click wins.'),
    column('units', 'long', 'Pieces of it.'),
    moneySum('revenue', 'Net of these lines, in currency; counted on the day of the click.'),
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

const RECS_LIFT: TableDefinition = {
  namespace: 'mart',
  table: 'recs_lift',
  description:
    'What recommendations earn against the arm without them: the 28 days up to a day, one experiment, arm and currency.',
  columns: [
    SHOP_DATE,
    column('experiment', 'string', 'Name of the experiment.'),
    column('arm', 'string', 'Arm of it; random, control or none is the one without recommendations.'),
    CURRENCY,
    column('visitors', 'long', 'Visitors assigned to the arm, bots excluded.'),
    column('buyers', 'long', 'Of these, visitors with an order.'),
    column('orders', 'long', 'Their orders.'),
    moneySum('revenue', 'Net of their lines, in currency.'),
    column('revenue_per_visitor', 'double', 'revenue divided by visitors, in currency.'),
    column(
      'lift',
      'double',
      'revenue_per_visitor against the arm without, 0.1 is 10 % more; null for that arm itself.',
    ),
    column('lift_low', 'double', 'Lower end of the 95 % interval of lift.'),
    column('lift_high', 'double', 'Upper end of it.'),
    SOURCE,
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

export const SALES_MARTS: readonly TableDefinition[] = [
  SALES_DAILY,
  PRODUCT_INTEREST_DAILY,
  FUNNEL_DAILY,
  NEW_RETURNING,
  BASKET_AFFINITY,
  DISCOUNT_EFFECT,
  STOCK_SLOW,
  RETURNS,
  RECS_DAILY,
  RECS_LIFT,
]
