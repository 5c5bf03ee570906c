-- report/sales_daily: what sold, from :first to :last.
--
-- In: clean.order_details.
-- Out: one row a day, article type, colour, gender and currency.
-- Rule: cancelled and failed orders do not count. revenue = gross - discount, and sums to the orders' nets to the cent;
--   currencies are never summed together. discount is null where the shop has no source for it, never 0.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
SELECT
  shop_date,
  article_type,
  base_colour,
  gender,
  currency,
  count(DISTINCT order_id) AS orders,
  CAST(sum(quantity) AS BIGINT) AS units,
  CAST(sum(quantity * unit_price) AS DECIMAL(12, 2)) AS gross,
  CAST(
    CASE WHEN count(discount) + count(order_discount) > 0
      THEN sum(coalesce(discount, 0) + coalesce(order_discount, 0))
    END AS DECIMAL(12, 2)
  ) AS discount,
  CAST(sum(net) AS DECIMAL(12, 2)) AS revenue,
  CAST(date_trunc('month', shop_date) AS DATE) AS shop_month
FROM clean.order_details
WHERE is_sale AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
GROUP BY shop_date, article_type, base_colour, gender, currency
ORDER BY shop_date, article_type, base_colour, gender, currency
