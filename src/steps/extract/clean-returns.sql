-- extract/clean-returns: returned goods of one extract become rows of clean.returns.
--
-- In: landing.returns and products of :extract_date.
-- Out: one row a returned line, with its product as of the night.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
SELECT
  back.shop_date,
  back.order_id,
  back.product_id,
  back.variant_id,
  back.quantity,
  back.refund,
  back.returned_at,
  coalesce(back.currency, product.currency) AS currency,
  product.article_type,
  product.base_colour,
  product.gender,
  CAST(date_trunc('month', back.shop_date) AS DATE) AS shop_month
FROM landing.returns AS back
LEFT JOIN landing.products AS product
  ON product.product_id = back.product_id AND product.extract_date = CAST(:extract_date AS DATE)
WHERE back.extract_date = CAST(:extract_date AS DATE)
