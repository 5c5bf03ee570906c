-- report/customer: who has bought, how lately, how often, how much, and what to expect, as of :last.
--
-- In: clean.order_details, mart.clv.
-- Out: one row a person with an account and currency. Guests cannot be told apart and are not here.
-- Rule: fifths of recency and money are of all customers of the currency; frequency is cut at
--   2, 3, 5 and 8 orders.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
bought AS (
  SELECT
    user_id,
    currency,
    min(shop_date) AS first_order_date,
    max(shop_date) AS last_order_date,
    max(order_date) AS last_order_at,
    count(DISTINCT order_id) AS orders,
    sum(quantity) AS units,
    sum(net) AS revenue
  FROM clean.order_details
  WHERE is_sale AND user_id IS NOT NULL AND shop_date <= CAST(:last AS DATE)
  GROUP BY user_id, currency
),

scored AS (
  SELECT
    bought.*,
    ntile(5) OVER (PARTITION BY currency ORDER BY last_order_at, user_id) AS recency,
    CASE WHEN orders >= 8 THEN 5 WHEN orders >= 5 THEN 4 WHEN orders >= 3 THEN 3 WHEN orders >= 2 THEN 2 ELSE 1 END
      AS frequency,
    ntile(5) OVER (PARTITION BY currency ORDER BY revenue, user_id) AS monetary
  FROM bought
)

SELECT
  scored.user_id,
  scored.currency,
  scored.first_order_date,
  scored.last_order_date,
  CAST(scored.orders AS BIGINT) AS orders,
  CAST(scored.units AS BIGINT) AS units,
  CAST(scored.revenue AS DECIMAL(18, 2)) AS revenue,
  CAST(CAST(scored.revenue AS DOUBLE) / scored.orders AS DECIMAL(12, 2)) AS order_value,
  CAST(scored.recency AS INTEGER) AS recency,
  scored.frequency,
  CAST(scored.monetary AS INTEGER) AS monetary,
  CASE
    WHEN scored.recency >= 4 AND scored.frequency >= 4 THEN 'champions'
    WHEN scored.recency >= 3 AND scored.frequency >= 3 THEN 'loyal'
    WHEN scored.recency >= 4 AND scored.frequency = 1 THEN 'new'
    WHEN scored.recency >= 3 AND scored.frequency = 2 THEN 'promising'
    WHEN scored.recency <= 2 AND scored.frequency >= 3 THEN 'at_risk'
    WHEN scored.recency <= 2 THEN 'lapsed'
    ELSE 'occasional'
  END AS segment,
  clv.p_alive,
  clv.orders_12m,
  clv.clv,
  CAST(:last AS DATE) AS as_of
FROM scored
LEFT JOIN mart.clv AS clv
  ON clv.user_id = scored.user_id AND coalesce(clv.currency, '') = coalesce(scored.currency, '')
ORDER BY scored.user_id, scored.currency
