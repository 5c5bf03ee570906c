-- new-and-returning: how much comes from first orders and how much from customers who came back
--
-- :months (number, 12): months up to the newest one with orders
--
-- Guests are counted apart, since nobody knows whether they came before.
WITH
newest AS (SELECT max(shop_month) AS month FROM clean.orders),

numbered AS (
  SELECT
    shop_month,
    currency,
    total_price,
    user_id,
    row_number() OVER (PARTITION BY user_id ORDER BY order_date, order_id) AS order_number
  FROM clean.orders
  WHERE is_sale
)

SELECT
  numbered.shop_month,
  CASE WHEN numbered.user_id IS NULL THEN 'guest' WHEN numbered.order_number = 1 THEN 'new' ELSE 'returning' END AS customers,
  numbered.currency,
  count(*) AS orders,
  sum(numbered.total_price) AS revenue
FROM numbered
CROSS JOIN newest
WHERE numbered.shop_month > date_add('month', -:months, newest.month)
GROUP BY
  numbered.shop_month,
  CASE WHEN numbered.user_id IS NULL THEN 'guest' WHEN numbered.order_number = 1 THEN 'new' ELSE 'returning' END,
  numbered.currency
ORDER BY numbered.shop_month, customers, numbered.currency
