-- report/attention_daily: attention to each value of each dimension, from :first to :last.
--
-- In: clean.clickstreams.
-- Out: one row a day, dimension and value.
-- Rule: a session counts once a day and value, at its highest step: view 1, cart 3, order 6. Bots never count.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
clicks AS (
  SELECT
    shop_date,
    session_id,
    max(CASE event_type WHEN 'purchase' THEN 6 WHEN 'add_to_cart' THEN 3 ELSE 1 END) AS step,
    article_type,
    base_colour,
    season,
    "usage",
    gender
  FROM clean.clickstreams
  WHERE event_type IN ('product_view', 'recommendation_click', 'add_to_cart', 'purchase')
    AND product_id IS NOT NULL
    AND NOT coalesce(is_bot, false)
    AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
  GROUP BY shop_date, session_id, article_type, base_colour, season, "usage", gender
),

sessions AS (
  SELECT shop_date, session_id, dimension, :value AS value, max(step) AS step
  FROM clicks
  CROSS JOIN :dimensions
  GROUP BY shop_date, session_id, dimension, :value
),

daily AS (
  SELECT shop_date, dimension, value, count(*) AS sessions, sum(step) AS attention
  FROM sessions
  WHERE value IS NOT NULL
  GROUP BY shop_date, dimension, value
)

SELECT
  shop_date,
  dimension,
  value,
  CAST(sessions AS BIGINT) AS sessions,
  CAST(attention AS BIGINT) AS attention,
  CAST(attention AS DOUBLE) / sum(attention) OVER (PARTITION BY shop_date, dimension) AS share,
  CAST(date_trunc('month', shop_date) AS DATE) AS shop_month
FROM daily
ORDER BY shop_date, dimension, value
