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
    CASE WHEN products.article_type IS NOT NULL AND products.base_colour IS NOT NULL
      THEN products.article_type || ' × ' || products.base_colour
    END AS article_type_colour,
    greatest(stock.on_hand, 0) AS on_hand
  FROM clean.stock AS stock
  JOIN clean.products AS products ON products.product_id = stock.product_id
),

grouped AS (
  SELECT
    CASE
      WHEN grouping(article_type) = 0 THEN 'article_type'
      WHEN grouping(base_colour) = 0 THEN 'base_colour'
      WHEN grouping(season) = 0 THEN 'season'
      WHEN grouping("usage") = 0 THEN 'usage'
      WHEN grouping(gender) = 0 THEN 'gender'
      ELSE 'article_type_colour'
    END AS dimension,
    coalesce(article_type, base_colour, season, "usage", gender, article_type_colour) AS value,
    sum(on_hand) AS on_hand
  FROM pieces
  GROUP BY GROUPING SETS (
    (article_type), (base_colour), (season), ("usage"), (gender), (article_type_colour)
  )
)

SELECT dimension, value, CAST(on_hand AS VARCHAR) AS on_hand
FROM grouped
WHERE value IS NOT NULL
ORDER BY 1, 2
