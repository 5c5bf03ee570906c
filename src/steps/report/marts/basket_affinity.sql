-- report/basket_affinity: what is bought together, in the 365 days up to :last.
--
-- In: clean.order_details, clean.products.
-- Out: one row a product and other product with at least 5 orders in common; each pair stands there both ways.
-- Rule for lift_shrunk: (orders_both + 10) / (expected + 10): 10 orders, as chance would have it, are added to both.
-- Rule for size: an order of more than 50 products says little of any two of them, and is left out.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
lines AS (
  SELECT DISTINCT order_id, product_id
  FROM clean.order_details
  WHERE is_sale
    AND shop_date > CAST(:last AS DATE) - INTERVAL '365' DAY
    AND shop_date <= CAST(:last AS DATE)
),

baskets AS (
  SELECT order_id, count(*) AS products FROM lines GROUP BY order_id
),

small AS (
  SELECT lines.order_id, lines.product_id
  FROM lines
  JOIN baskets ON baskets.order_id = lines.order_id
  WHERE baskets.products BETWEEN 2 AND 50
),

totals AS (
  SELECT count(*) AS orders FROM baskets WHERE products <= 50
),

products AS (
  SELECT lines.product_id, count(*) AS orders
  FROM lines
  JOIN baskets ON baskets.order_id = lines.order_id
  WHERE baskets.products <= 50
  GROUP BY lines.product_id
),

pairs AS (
  SELECT one.product_id, other.product_id AS with_product_id, count(*) AS orders_both
  FROM small AS one
  JOIN small AS other ON other.order_id = one.order_id AND other.product_id > one.product_id
  GROUP BY one.product_id, other.product_id
  HAVING count(*) >= 5
),

both_ways AS (
  SELECT product_id, with_product_id, orders_both FROM pairs
  UNION ALL
  SELECT with_product_id AS product_id, product_id AS with_product_id, orders_both FROM pairs
)

SELECT
  both_ways.product_id,
  both_ways.with_product_id,
  one.product_display_name,
  other.product_display_name AS with_display_name,
  CAST(both_ways.orders_both AS BIGINT) AS orders_both,
  CAST(a.orders AS BIGINT) AS orders_product,
  CAST(b.orders AS BIGINT) AS orders_with,
  CAST(both_ways.orders_both AS DOUBLE) / totals.orders AS support,
  CAST(both_ways.orders_both AS DOUBLE) / a.orders AS confidence,
  CAST(both_ways.orders_both AS DOUBLE) * totals.orders / (CAST(a.orders AS DOUBLE) * b.orders) AS lift,
  (both_ways.orders_both + 10E0) / (CAST(a.orders AS DOUBLE) * b.orders / totals.orders + 10E0) AS lift_shrunk,
  CAST(:last AS DATE) AS as_of
FROM both_ways
CROSS JOIN totals
JOIN products AS a ON a.product_id = both_ways.product_id
JOIN products AS b ON b.product_id = both_ways.with_product_id
LEFT JOIN clean.products AS one ON one.product_id = both_ways.product_id
LEFT JOIN clean.products AS other ON other.product_id = both_ways.with_product_id
ORDER BY both_ways.product_id, lift_shrunk DESC, both_ways.with_product_id
