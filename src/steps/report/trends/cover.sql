-- report/cover: days the stock of a value lasts.
--
-- In: mart.stock_slow and clean.products.
-- Out: one row a dimension and value; none where the shop keeps no stock.
-- Rule: what is in stock of the value, at the pace of what sold of it in 28 days.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
pieces AS (
  SELECT
    products.article_type,
    products.base_colour,
    products.season,
    products."usage",
    products.gender,
    stock.on_hand,
    stock.units_28d
  FROM mart.stock_slow AS stock
  JOIN clean.products AS products ON products.product_id = stock.product_id
)

SELECT
  dimension,
  :value AS value,
  CAST(sum(on_hand) AS DOUBLE) * 28 / nullif(sum(units_28d), 0) AS cover_days
FROM pieces
CROSS JOIN :dimensions
GROUP BY dimension, :value
