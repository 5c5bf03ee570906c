-- report/returns: what comes back, of orders 30 to 395 days old on :last.
--
-- In: clean.returns, clean.order_details, clean.stock.
-- Out: one row an article type and size; one row that says "no source" where the shop has no returns.
-- Rule: younger orders are left out, since most of what comes back needs weeks. The interval is Wilson's, 95 %.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
sizes AS (
  SELECT product_id, variant_id, max(size) AS size FROM clean.stock WHERE variant_id IS NOT NULL GROUP BY 1, 2
),

lines AS (
  SELECT order_id, product_id, coalesce(variant_id, '') AS variant_id, max(article_type) AS article_type,
    sum(quantity) AS units
  FROM clean.order_details
  WHERE is_sale
    AND shop_date <= CAST(:last AS DATE) - INTERVAL '30' DAY
    AND shop_date > CAST(:last AS DATE) - INTERVAL '395' DAY
  GROUP BY order_id, product_id, coalesce(variant_id, '')
),

came_back AS (
  SELECT order_id, product_id, coalesce(variant_id, '') AS variant_id, sum(quantity) AS units
  FROM clean.returns
  WHERE shop_date <= CAST(:last AS DATE) AND shop_date > CAST(:last AS DATE) - INTERVAL '395' DAY
  GROUP BY order_id, product_id, coalesce(variant_id, '')
),

counted AS (
  SELECT
    lines.article_type,
    sizes.size,
    CAST(sum(lines.units) AS DOUBLE) AS sold,
    CAST(sum(least(coalesce(came_back.units, 0), lines.units)) AS DOUBLE) AS back
  FROM lines
  LEFT JOIN came_back
    ON came_back.order_id = lines.order_id
    AND came_back.product_id = lines.product_id
    AND came_back.variant_id = lines.variant_id
  LEFT JOIN sizes ON sizes.product_id = lines.product_id AND sizes.variant_id = lines.variant_id
  GROUP BY lines.article_type, sizes.size
),

source AS (
  SELECT count(*) AS rows_found FROM clean.returns
)

SELECT
  counted.article_type,
  counted.size,
  CAST(counted.sold AS BIGINT) AS units_sold,
  CAST(counted.back AS BIGINT) AS units_returned,
  counted.back / counted.sold AS return_rate,
  (counted.back + 1.9207 - 1.96 * sqrt(counted.back * (counted.sold - counted.back) / counted.sold + 0.9604))
    / (counted.sold + 3.8416) AS rate_low,
  (counted.back + 1.9207 + 1.96 * sqrt(counted.back * (counted.sold - counted.back) / counted.sold + 0.9604))
    / (counted.sold + 3.8416) AS rate_high,
  'returns' AS source,
  CAST(:last AS DATE) AS as_of
FROM counted
CROSS JOIN source
WHERE source.rows_found > 0 AND counted.sold > 0
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'no source' AS source, CAST(:last AS DATE) AS as_of
FROM source
WHERE rows_found = 0
ORDER BY 1, 2
