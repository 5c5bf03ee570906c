-- forecast/attention: units, looks and sessions per value and week, up to :last.
--
-- In: clean.order_details and mart.attention_daily.
-- Out: one row a dimension, value and week (its Monday), from :first to :last.
-- Rule for looks: those of mart.attention_daily, where a session counts once a day and value, at its highest step.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
sold AS (
  SELECT dimension, :value AS value, date_trunc('week', shop_date) AS week, sum(quantity) AS units
  FROM clean.order_details
  CROSS JOIN :dimensions
  WHERE is_sale AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE) AND :value IS NOT NULL
  GROUP BY dimension, :value, date_trunc('week', shop_date)
),

looked AS (
  SELECT
    dimension,
    value,
    date_trunc('week', shop_date) AS week,
    sum(attention) AS looks,
    sum(sessions) AS sessions
  FROM mart.attention_daily
  WHERE shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
  GROUP BY dimension, value, date_trunc('week', shop_date)
)

SELECT
  coalesce(sold.dimension, looked.dimension) AS dimension,
  coalesce(sold.value, looked.value) AS value,
  CAST(CAST(coalesce(sold.week, looked.week) AS DATE) AS VARCHAR) AS week,
  CAST(coalesce(sold.units, 0) AS VARCHAR) AS units,
  CAST(coalesce(looked.looks, 0) AS VARCHAR) AS looks,
  CAST(coalesce(looked.sessions, 0) AS VARCHAR) AS sessions
FROM sold
FULL OUTER JOIN looked
  ON looked.dimension = sold.dimension AND looked.value = sold.value AND looked.week = sold.week
ORDER BY 1, 2, 3
