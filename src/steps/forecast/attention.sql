-- forecast/attention: units, looks and sessions per value and week, up to :last.
--
-- In: clean.order_details and mart.attention_daily.
-- Out: one row a dimension, value and week (its Monday), from :first to :last.
-- Rule for looks: those of mart.attention_daily, where a session counts once a day and value, at its highest step.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
lines AS (
  SELECT
    date_trunc('week', shop_date) AS week,
    article_type,
    base_colour,
    season,
    "usage",
    gender,
    CASE WHEN article_type IS NOT NULL AND base_colour IS NOT NULL
      THEN article_type || ' × ' || base_colour
    END AS article_type_colour,
    quantity
  FROM clean.order_details
  WHERE is_sale AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

grouped AS (
  SELECT
    week,
    CASE
      WHEN grouping(article_type) = 0 THEN 'article_type'
      WHEN grouping(base_colour) = 0 THEN 'base_colour'
      WHEN grouping(season) = 0 THEN 'season'
      WHEN grouping("usage") = 0 THEN 'usage'
      WHEN grouping(gender) = 0 THEN 'gender'
      ELSE 'article_type_colour'
    END AS dimension,
    coalesce(article_type, base_colour, season, "usage", gender, article_type_colour) AS value,
    sum(quantity) AS units
  FROM lines
  GROUP BY GROUPING SETS (
    (week, article_type),
    (week, base_colour),
    (week, season),
    (week, "usage"),
    (week, gender),
    (week, article_type_colour)
  )
),

sold AS (
  SELECT dimension, value, week, units FROM grouped WHERE value IS NOT NULL
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
