-- report/new_returning: first orders and later ones, from :first to :last.
--
-- In: clean.order_details, mart.customer, clean.clickstreams.
-- Out: one row a day, kind of customer and currency.
-- Rule: a person's orders are new on the day of the first order ever, whatever its currency, and returning after it.
--   The day decides, so two orders on the first day are both new.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
first_orders AS (
  SELECT user_id, min(first_order_date) AS first_order_date FROM mart.customer GROUP BY user_id
),

lines AS (
  SELECT
    line.shop_date,
    CASE
      WHEN line.user_id IS NULL THEN 'guest'
      WHEN first_orders.first_order_date < line.shop_date THEN 'returning'
      ELSE 'new'
    END AS customer_kind,
    line.currency,
    line.user_id,
    line.order_id,
    line.net
  FROM clean.order_details AS line
  LEFT JOIN first_orders ON first_orders.user_id = line.user_id
  WHERE line.is_sale AND line.shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

visitors AS (
  SELECT shop_date, count(DISTINCT visitor_key) AS visitors
  FROM clean.clickstreams
  WHERE NOT coalesce(is_bot, false) AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
  GROUP BY shop_date
)

SELECT
  lines.shop_date,
  lines.customer_kind,
  lines.currency,
  CAST(nullif(count(DISTINCT lines.user_id), 0) AS BIGINT) AS customers,
  CAST(count(DISTINCT lines.order_id) AS BIGINT) AS orders,
  CAST(sum(lines.net) AS DECIMAL(18, 2)) AS revenue,
  CAST(max(visitors.visitors) AS BIGINT) AS visitors,
  CAST(date_trunc('month', lines.shop_date) AS DATE) AS shop_month
FROM lines
LEFT JOIN visitors ON visitors.shop_date = lines.shop_date
GROUP BY lines.shop_date, lines.customer_kind, lines.currency
ORDER BY lines.shop_date, lines.customer_kind, lines.currency
