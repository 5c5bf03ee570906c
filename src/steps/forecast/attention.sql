-- forecast/attention: units and looks per value and week, up to :last.
--
-- In: clean.order_details and clean.clickstreams.
-- Out: one row a dimension, value and week (its Monday), from :first to :last.
-- Rule for looks: a session counts once per value, at its highest step, view 1, cart 3 or order 6. Bots never count.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
lines AS (
  SELECT date_trunc('week', shop_date) AS week, article_type, base_colour, quantity
  FROM clean.order_details
  WHERE is_sale AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

sold AS (
  SELECT 'article_type' AS dimension, article_type AS value, week, sum(quantity) AS units
  FROM lines WHERE article_type IS NOT NULL GROUP BY article_type, week
  UNION ALL
  SELECT 'base_colour' AS dimension, base_colour AS value, week, sum(quantity) AS units
  FROM lines WHERE base_colour IS NOT NULL GROUP BY base_colour, week
),

clicks AS (
  SELECT
    date_trunc('week', shop_date) AS week,
    session_id,
    article_type,
    base_colour,
    CASE event_type WHEN 'purchase' THEN 6 WHEN 'add_to_cart' THEN 3 ELSE 1 END AS step
  FROM clean.clickstreams
  WHERE event_type IN ('product_view', 'recommendation_click', 'add_to_cart', 'purchase')
    AND NOT coalesce(is_bot, false)
    AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

sessions AS (
  SELECT 'article_type' AS dimension, article_type AS value, week, session_id, max(step) AS step
  FROM clicks WHERE article_type IS NOT NULL GROUP BY article_type, week, session_id
  UNION ALL
  SELECT 'base_colour' AS dimension, base_colour AS value, week, session_id, max(step) AS step
  FROM clicks WHERE base_colour IS NOT NULL GROUP BY base_colour, week, session_id
),

looked AS (
  SELECT dimension, value, week, sum(step) AS looks FROM sessions GROUP BY dimension, value, week
)

SELECT
  coalesce(sold.dimension, looked.dimension) AS dimension,
  coalesce(sold.value, looked.value) AS value,
  CAST(CAST(coalesce(sold.week, looked.week) AS DATE) AS VARCHAR) AS week,
  CAST(coalesce(sold.units, 0) AS VARCHAR) AS units,
  CAST(coalesce(looked.looks, 0) AS VARCHAR) AS looks
FROM sold
FULL OUTER JOIN looked
  ON looked.dimension = sold.dimension AND looked.value = sold.value AND looked.week = sold.week
ORDER BY 1, 2, 3
