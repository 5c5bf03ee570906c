-- refine/expectations/orders: what clean.orders must hold before marts are made from it.
--
-- In: clean.orders, clean.users; :first and :last are the shop dates that may have changed; :least_share is 0 where
--   the newest day need not be a usual one.
-- Out: one row an expectation: its words, how many rows break it, how many may.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
checked AS (
  SELECT * FROM clean.orders WHERE shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

days AS (
  SELECT
    count_if(shop_date = CAST(:last AS DATE)) AS newest,
    CAST(count_if(shop_date < CAST(:last AS DATE)) AS DOUBLE) / 14 AS usual
  FROM clean.orders
  WHERE shop_date BETWEEN CAST(:last AS DATE) - INTERVAL '14' DAY AND CAST(:last AS DATE)
)

SELECT 'every order has an id' AS expectation, count_if(order_id IS NULL OR order_id = '') AS bad_rows, 0 AS allowed_rows
FROM checked
UNION ALL
SELECT 'no order comes twice', count(order_id) - count(DISTINCT order_id), 0 FROM clean.orders
UNION ALL
SELECT 'totals lie between 0 and 1,000,000', count_if(total_price IS NULL OR total_price < 0 OR total_price > 1000000), 0
FROM checked
UNION ALL
SELECT 'at most one order in ten names a user whom the shop does not know', count(*), (SELECT count(*) / 10 FROM checked)
FROM checked
LEFT JOIN clean.users AS person ON person.user_id = checked.user_id
WHERE checked.user_id IS NOT NULL AND person.user_id IS NULL
UNION ALL
SELECT
  'the newest day has at least a tenth of the orders of each of the 14 days before',
  CASE WHEN usual >= 20 AND newest < usual * CAST(:least_share AS DOUBLE) THEN 1 ELSE 0 END,
  0
FROM days
