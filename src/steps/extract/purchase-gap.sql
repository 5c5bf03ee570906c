-- extract/purchase-gap: orders of the shop against purchase events of the website, by day.
--
-- In: clean.orders and clean.clickstreams, from :first to :last.
-- Out: one row a day that has purchase events; days without any have no source to compare with.
-- A purchase counts on the day of its order, so that a click before midnight and an order after it still meet.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
purchases AS (
  SELECT order_id, min(shop_date) AS shop_date
  FROM clean.clickstreams
  WHERE event_type = 'purchase' AND order_id IS NOT NULL AND NOT coalesce(is_bot, false)
    AND shop_date BETWEEN CAST(:first AS DATE) - INTERVAL '1' DAY AND CAST(:last AS DATE) + INTERVAL '1' DAY
  GROUP BY order_id
),

orders AS (
  SELECT order_id, shop_date
  FROM clean.orders
  WHERE shop_date BETWEEN CAST(:first AS DATE) - INTERVAL '1' DAY AND CAST(:last AS DATE) + INTERVAL '1' DAY
),

paired AS (
  SELECT
    coalesce(orders.shop_date, purchases.shop_date) AS shop_date,
    orders.order_id AS in_shop,
    purchases.order_id AS in_clicks
  FROM orders
  FULL OUTER JOIN purchases ON purchases.order_id = orders.order_id
)

SELECT
  CAST(shop_date AS VARCHAR) AS shop_date,
  count(in_shop) AS orders,
  count(in_clicks) AS purchases,
  count(CASE WHEN in_clicks IS NULL THEN 1 END) AS orders_without_event,
  count(CASE WHEN in_shop IS NULL THEN 1 END) AS events_without_order
FROM paired
WHERE shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
GROUP BY 1
HAVING count(in_clicks) > 0
ORDER BY 1
