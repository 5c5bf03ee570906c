-- extract/clean-order-details: order lines of one extract become rows of clean.order_details.
--
-- In: landing.order_details, orders and products of :extract_date.
-- Out: one row a line, with its order, its product, and its part of the order's discount.
-- Rule for discounts of an order: they are spread over its lines by value, each part rounded so that the running sum is
--   right to the cent; the parts of an order therefore sum to its discount exactly.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
-- Place, running value and whole value of each line in its order.
valued AS (
  SELECT
    line.*,
    CAST(line.quantity * line.unit_price AS DECIMAL(18, 2)) AS gross,
    CAST(row_number() OVER lines AS INTEGER) AS line_number,
    CAST(sum(line.quantity * line.unit_price) OVER (
      lines ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS DOUBLE) AS running,
    CAST(sum(line.quantity * line.unit_price) OVER (
      lines ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS DOUBLE) AS whole
  FROM landing.order_details AS line
  WHERE line.extract_date = CAST(:extract_date AS DATE)
  WINDOW lines AS (
    PARTITION BY line.order_id ORDER BY line.product_id, line.variant_id, line.quantity, line.unit_price
  )
),

spread AS (
  SELECT
    valued.*,
    sale_order.currency AS order_currency,
    sale_order.user_id AS order_user_id,
    coalesce(
      lower(sale_order.status) NOT IN ('cancelled', 'canceled', 'failed', 'voided', 'declined', 'draft'), true
    ) AS is_sale,
    CAST(round(sale_order.discount * coalesce(running / nullif(whole, 0), 1), 2) AS DECIMAL(12, 2)) AS discount_to_here,
    CAST(round(
      sale_order.discount * coalesce((running - gross) / nullif(whole, 0), 0), 2
    ) AS DECIMAL(12, 2)) AS discount_before
  FROM valued
  JOIN landing.orders AS sale_order
    ON sale_order.order_id = valued.order_id AND sale_order.extract_date = CAST(:extract_date AS DATE)
)

SELECT
  spread.shop_date,
  spread.order_id,
  spread.product_id,
  spread.variant_id,
  spread.quantity,
  spread.unit_price,
  spread.discount,
  spread.order_date,
  spread.line_number,
  spread.discount_to_here - spread.discount_before AS order_discount,
  spread.gross - coalesce(spread.discount, 0) - coalesce(spread.discount_to_here - spread.discount_before, 0) AS net,
  coalesce(spread.order_currency, product.currency) AS currency,
  spread.order_user_id AS user_id,
  product.article_type,
  product.base_colour,
  product.season,
  product."usage",
  product.gender,
  product.master_category,
  product.sub_category,
  spread.is_sale,
  CAST(date_trunc('month', spread.shop_date) AS DATE) AS shop_month
FROM spread
LEFT JOIN landing.products AS product
  ON product.product_id = spread.product_id AND product.extract_date = CAST(:extract_date AS DATE)
