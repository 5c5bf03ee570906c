-- extract/clean-orders: orders of one extract become rows of clean.orders.
--
-- In: landing.orders of :extract_date.
-- Out: one row an order, with whether it counts as a sale.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
SELECT
  shop_date,
  order_id,
  user_id,
  order_date,
  total_price,
  status,
  currency,
  discount,
  coupon,
  coalesce(lower(status) NOT IN ('cancelled', 'canceled', 'failed', 'voided', 'declined', 'draft'), true) AS is_sale,
  CAST(date_trunc('month', shop_date) AS DATE) AS shop_month
FROM landing.orders
WHERE extract_date = CAST(:extract_date AS DATE)
