-- report/clv/values: what customers spend on a day with an order, up to :last.
--
-- In: clean.order_details.
-- Out: one row a currency, number of such days and twentieth of a logarithm of their mean, with how many customers; what
--   the model of values is fitted on. Customers without net say nothing of it.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
customers AS (
  SELECT
    user_id,
    currency,
    CAST(count(DISTINCT shop_date) AS DOUBLE) AS days,
    CAST(sum(net) AS DOUBLE) AS net
  FROM clean.order_details
  WHERE is_sale AND user_id IS NOT NULL AND shop_date <= CAST(:last AS DATE)
  GROUP BY user_id, currency
  HAVING sum(net) > 0
)

SELECT
  currency,
  CAST(days AS INTEGER) AS days,
  CAST(round(20 * ln(net / days)) AS INTEGER) AS step,
  CAST(count(*) AS INTEGER) AS customers,
  avg(net / days) AS mean
FROM customers
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
