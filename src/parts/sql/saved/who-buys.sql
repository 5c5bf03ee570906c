-- who-buys: which audiences buy how much
--
-- :days (number, 365): days up to the newest one with orders
--
-- Audience by sex, age band and region; customers the shop knows nothing about are "unknown".
WITH
newest AS (SELECT max(shop_date) AS day FROM clean.orders)

SELECT
  coalesce(person.sex, 'unknown') AS sex,
  coalesce(person.age_band, 'unknown') AS age_band,
  coalesce(person.region, 'unknown') AS region,
  purchase.currency,
  count(DISTINCT purchase.user_id) AS customers,
  count(*) AS orders,
  sum(purchase.total_price) AS revenue,
  CAST(CAST(sum(purchase.total_price) AS DOUBLE) / count(*) AS DECIMAL(12, 2)) AS average_order
FROM clean.orders AS purchase
CROSS JOIN newest
LEFT JOIN clean.users AS person ON person.user_id = purchase.user_id
WHERE purchase.is_sale AND purchase.shop_date > date_add('day', -:days, newest.day)
GROUP BY
  coalesce(person.sex, 'unknown'),
  coalesce(person.age_band, 'unknown'),
  coalesce(person.region, 'unknown'),
  purchase.currency
ORDER BY revenue DESC, sex, age_band, region, purchase.currency
