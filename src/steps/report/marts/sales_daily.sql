-- report/sales_daily: what sold, from :first to :last.
--
-- In: clean.order_details, clean.returns.
-- Out: one row a day, article type, colour, gender and currency.
-- Rule: cancelled and failed orders do not count. revenue = gross - discount, and sums to the orders' nets to the cent;
--   net = revenue - refund, and a refund counts on its own day. Currencies are never summed together.
--   discount and refund are null where the shop has no source for them, never 0.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
sold AS (
  SELECT
    shop_date,
    article_type,
    base_colour,
    gender,
    currency,
    count(DISTINCT order_id) AS orders,
    sum(quantity) AS units,
    sum(quantity * unit_price) AS gross,
    CASE WHEN count(discount) + count(order_discount) > 0
      THEN sum(coalesce(discount, 0) + coalesce(order_discount, 0))
    END AS discount,
    sum(net) AS revenue
  FROM clean.order_details
  WHERE is_sale AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
  GROUP BY shop_date, article_type, base_colour, gender, currency
),

-- A shop that never paid anything back has no source, which is not the same as a day without refunds.
refund_source AS (
  SELECT count(refund) AS refunds FROM clean.returns
),

paid_back AS (
  SELECT shop_date, article_type, base_colour, gender, currency, sum(refund) AS refund
  FROM clean.returns
  WHERE shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
  GROUP BY shop_date, article_type, base_colour, gender, currency
),

both_sides AS (
  SELECT shop_date, article_type, base_colour, gender, currency, orders, units, gross, discount, revenue, NULL AS refund
  FROM sold
  UNION ALL
  SELECT shop_date, article_type, base_colour, gender, currency, 0, 0, 0, NULL, 0, refund
  FROM paid_back
),

daily AS (
  SELECT
    shop_date,
    article_type,
    base_colour,
    gender,
    currency,
    sum(orders) AS orders,
    sum(units) AS units,
    sum(gross) AS gross,
    sum(discount) AS discount,
    sum(revenue) AS revenue,
    CASE WHEN max(refund_source.refunds) > 0 THEN coalesce(sum(refund), 0) END AS refund
  FROM both_sides
  CROSS JOIN refund_source
  GROUP BY shop_date, article_type, base_colour, gender, currency
)

SELECT
  shop_date,
  article_type,
  base_colour,
  gender,
  currency,
  CAST(orders AS BIGINT) AS orders,
  CAST(units AS BIGINT) AS units,
  CAST(gross AS DECIMAL(12, 2)) AS gross,
  CAST(discount AS DECIMAL(12, 2)) AS discount,
  CAST(revenue AS DECIMAL(12, 2)) AS revenue,
  CAST(date_trunc('month', shop_date) AS DATE) AS shop_month,
  CAST(refund AS DECIMAL(12, 2)) AS refund,
  CAST(revenue - coalesce(refund, 0) AS DECIMAL(12, 2)) AS net,
  CAST(CAST(revenue AS DOUBLE) / nullif(orders, 0) AS DECIMAL(12, 2)) AS order_value
FROM daily
ORDER BY shop_date, article_type, base_colour, gender, currency
