-- forecast/stock: pieces in stock per value.
--
-- In: clean.stock and clean.products.
-- Out: one row a dimension and value; none where the shop keeps no stock.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
pieces AS (
  SELECT
    products.article_type,
    products.base_colour,
    products.season,
    products."usage",
    products.gender,
    greatest(stock.on_hand, 0) AS on_hand
  FROM clean.stock AS stock
  JOIN clean.products AS products ON products.product_id = stock.product_id
)

SELECT dimension, :value AS value, CAST(sum(on_hand) AS VARCHAR) AS on_hand
FROM pieces
CROSS JOIN :dimensions
WHERE :value IS NOT NULL
GROUP BY dimension, :value
ORDER BY 1, 2
