-- refine/expectations/order_details: what clean.order_details must hold before marts are made from it.
--
-- In: clean.order_details, clean.orders, clean.products; :first and :last are the shop dates that may have changed.
-- Out: one row an expectation: its words, how many rows break it, how many may.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
checked AS (
  SELECT * FROM clean.order_details WHERE shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
)

SELECT 'every line has an order and a product' AS expectation, count_if(order_id IS NULL OR product_id IS NULL) AS bad_rows,
  0 AS allowed_rows
FROM checked
UNION ALL
SELECT 'no place in an order is taken twice', count(*) - count(DISTINCT order_id || ' ' || CAST(line_number AS VARCHAR)), 0
FROM checked
UNION ALL
SELECT 'quantities lie between 1 and 10,000', count_if(quantity IS NULL OR quantity < 1 OR quantity > 10000), 0 FROM checked
UNION ALL
SELECT 'prices lie between 0 and 1,000,000', count_if(unit_price IS NULL OR unit_price < 0 OR unit_price > 1000000), 0
FROM checked
UNION ALL
SELECT 'every line belongs to an order of its day', count(*), 0
FROM checked
LEFT JOIN clean.orders AS sale ON sale.order_id = checked.order_id AND sale.shop_date = checked.shop_date
WHERE sale.order_id IS NULL
UNION ALL
SELECT 'at least half of the lines name a product of the catalogue', count(*), (SELECT count(*) / 2 FROM checked)
FROM checked
LEFT JOIN clean.products AS product ON product.product_id = checked.product_id
WHERE product.product_id IS NULL
