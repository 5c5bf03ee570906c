-- stopped-buying: which customers used to buy and do no longer
--
-- :days (number, 60): days without an order, at least
-- :limit (number, 1000): customers
--
-- Customers with two orders or more whose silence is longer than twice their usual gap between orders.
WITH
newest AS (SELECT max(shop_date) AS day FROM clean.orders),

customers AS (
  SELECT
    user_id,
    count(*) AS orders,
    count(DISTINCT shop_date) AS order_days,
    min(shop_date) AS first_order,
    max(shop_date) AS last_order
  FROM clean.orders
  WHERE is_sale AND user_id IS NOT NULL
  GROUP BY user_id
),

silence AS (
  SELECT
    customers.*,
    date_diff('day', customers.last_order, newest.day) AS silent_days,
    CAST(date_diff('day', customers.first_order, customers.last_order) AS DOUBLE) / (customers.order_days - 1) AS usual_gap_days
  FROM customers
  CROSS JOIN newest
  WHERE customers.order_days >= 2
)

SELECT
  silence.user_id,
  person.sex,
  person.age_band,
  person.region,
  silence.orders,
  silence.last_order,
  silence.silent_days,
  round(silence.usual_gap_days, 1) AS usual_gap_days
FROM silence
LEFT JOIN clean.users AS person ON person.user_id = silence.user_id
WHERE silence.silent_days >= :days AND silence.silent_days > 2 * silence.usual_gap_days
ORDER BY silence.orders DESC, silence.silent_days DESC, silence.user_id
LIMIT :limit
