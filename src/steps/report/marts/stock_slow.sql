-- report/stock_slow: how long stock lasts at the present pace, as of :last.
--
-- In: clean.stock, landing.stock, clean.order_details, clean.products.
-- Out: one row a variant in the shop's stock; one row that says "no source" where the shop keeps none.
-- Rule for pace: pieces of 28 days over the days on which there was stock, since what is out cannot sell. Days whose
--   night is unknown count as in stock.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
sold AS (
  SELECT
    product_id,
    coalesce(variant_id, '') AS variant_id,
    sum(CASE WHEN shop_date > CAST(:last AS DATE) - INTERVAL '28' DAY THEN quantity ELSE 0 END) AS units_28d,
    min(shop_date) AS first_sold
  FROM clean.order_details
  WHERE is_sale AND shop_date <= CAST(:last AS DATE) AND product_id IN (SELECT product_id FROM clean.stock)
  GROUP BY product_id, coalesce(variant_id, '')
),

nights AS (
  SELECT
    product_id,
    coalesce(variant_id, '') AS variant_id,
    min(extract_date) AS first_seen,
    sum(
      CASE WHEN on_hand <= 0 AND extract_date > CAST(:last AS DATE) - INTERVAL '28' DAY THEN 1 ELSE 0 END
    ) AS days_out
  FROM landing.stock
  WHERE extract_date <= CAST(:last AS DATE)
  GROUP BY product_id, coalesce(variant_id, '')
),

measured AS (
  SELECT
    stock.product_id,
    stock.variant_id,
    stock.size,
    greatest(stock.on_hand, 0) AS on_hand,
    coalesce(sold.units_28d, 0) AS units_28d,
    28 - coalesce(nights.days_out, 0) AS days_in_stock,
    date_diff(
      'day',
      coalesce(least(sold.first_sold, nights.first_seen), sold.first_sold, nights.first_seen),
      CAST(:last AS DATE)
    ) AS age_days
  FROM clean.stock AS stock
  LEFT JOIN sold ON sold.product_id = stock.product_id AND sold.variant_id = coalesce(stock.variant_id, '')
  LEFT JOIN nights ON nights.product_id = stock.product_id AND nights.variant_id = coalesce(stock.variant_id, '')
),

covered AS (
  SELECT
    measured.*,
    CAST(on_hand AS DOUBLE) * days_in_stock / nullif(units_28d, 0) AS cover_days,
    CAST(units_28d AS DOUBLE) / nullif(units_28d + on_hand, 0) AS sell_through
  FROM measured
)

SELECT
  covered.product_id,
  covered.variant_id,
  product.product_display_name,
  product.article_type,
  product.base_colour,
  covered.size,
  CAST(covered.on_hand AS BIGINT) AS on_hand,
  CAST(covered.units_28d AS BIGINT) AS units_28d,
  CAST(covered.days_in_stock AS BIGINT) AS days_in_stock,
  covered.cover_days,
  covered.sell_through,
  CAST(covered.age_days AS BIGINT) AS age_days,
  CASE
    WHEN covered.on_hand = 0 THEN 'out'
    WHEN covered.cover_days < 14 THEN 'short'
    WHEN covered.age_days > 60 AND (covered.cover_days > 90 OR covered.units_28d = 0) THEN 'slow'
    ELSE 'ok'
  END AS state,
  product.price,
  product.currency,
  'stock' AS source,
  CAST(:last AS DATE) AS as_of
FROM covered
LEFT JOIN clean.products AS product ON product.product_id = covered.product_id
UNION ALL
SELECT
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  'no source' AS source,
  CAST(:last AS DATE) AS as_of
FROM (SELECT count(*) AS rows_found FROM clean.stock) AS stock
WHERE rows_found = 0
ORDER BY 1, 2
