-- refine/expectations/products: what clean.products must hold before marts are made from it.
--
-- In: clean.products; :last is the newest shop date.
-- Out: one row an expectation: its words, how many rows break it, how many may.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
SELECT 'every product has an id' AS expectation, count_if(product_id IS NULL OR product_id = '') AS bad_rows,
  0 AS allowed_rows
FROM clean.products
UNION ALL
SELECT 'no product comes twice', count(product_id) - count(DISTINCT product_id), 0 FROM clean.products
UNION ALL
SELECT 'products are of the newest night', count_if(extract_date < CAST(:last AS DATE)), 0 FROM clean.products
UNION ALL
SELECT 'prices lie between 0 and 1,000,000', count_if(price < 0 OR price > 1000000), 0 FROM clean.products
