-- report/clv/histories: patterns of orders up to :until, and what came of them up to :last.
--
-- In: clean.order_details.
-- Out: one row a currency and pattern in weeks; what the model of orders is fitted on and tested by.
-- Rule: orders of one day are one purchase; weeks are rounded as in marts/clv.sql.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
days AS (
  SELECT DISTINCT user_id, currency, shop_date
  FROM clean.order_details
  WHERE is_sale AND user_id IS NOT NULL AND shop_date <= CAST(:last AS DATE)
),

histories AS (
  SELECT
    user_id,
    currency,
    sum(CASE WHEN shop_date <= CAST(:until AS DATE) THEN 1 ELSE 0 END) - 1 AS repeats,
    min(shop_date) AS first_date,
    max(CASE WHEN shop_date <= CAST(:until AS DATE) THEN shop_date END) AS last_date,
    sum(CASE WHEN shop_date > CAST(:until AS DATE) THEN 1 ELSE 0 END) AS orders_after
  FROM days
  GROUP BY user_id, currency
  HAVING min(shop_date) <= CAST(:until AS DATE)
)

SELECT
  currency,
  CAST(repeats AS INTEGER) AS repeats,
  CAST(round(date_diff('day', first_date, last_date) / 7E0) AS INTEGER) AS recency_weeks,
  CAST(round(date_diff('day', first_date, CAST(:until AS DATE)) / 7E0) AS INTEGER) AS age_weeks,
  CAST(count(*) AS INTEGER) AS customers,
  CAST(sum(orders_after) AS INTEGER) AS orders_after,
  CAST(sum(orders_after * orders_after) AS INTEGER) AS orders_after_squared
FROM histories
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
