-- bought-together: which products are bought in one order
--
-- :least (number, 2): orders that must hold both
-- :limit (number, 50): pairs
--
-- lift is how many times as often as chance would put both into one order.
WITH
lines AS (
  SELECT DISTINCT order_id, product_id FROM clean.order_details WHERE is_sale AND product_id IS NOT NULL
),

total AS (SELECT count(DISTINCT order_id) AS orders FROM lines),

products AS (SELECT product_id, count(*) AS orders FROM lines GROUP BY product_id),

pairs AS (
  SELECT a.product_id AS product_id, b.product_id AS other_product_id, count(*) AS orders
  FROM lines AS a
  JOIN lines AS b ON b.order_id = a.order_id AND a.product_id < b.product_id
  GROUP BY a.product_id, b.product_id
  HAVING count(*) >= :least
)

SELECT
  pairs.product_id,
  first_product.product_display_name,
  pairs.other_product_id,
  second_product.product_display_name AS other_display_name,
  pairs.orders,
  round(CAST(pairs.orders AS DOUBLE) * total.orders / (CAST(first_count.orders AS DOUBLE) * second_count.orders), 2) AS lift
FROM pairs
CROSS JOIN total
JOIN products AS first_count ON first_count.product_id = pairs.product_id
JOIN products AS second_count ON second_count.product_id = pairs.other_product_id
LEFT JOIN clean.products AS first_product ON first_product.product_id = pairs.product_id
LEFT JOIN clean.products AS second_product ON second_product.product_id = pairs.other_product_id
ORDER BY pairs.orders DESC, lift DESC, pairs.product_id, pairs.other_product_id
LIMIT :limit
