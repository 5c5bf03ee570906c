-- refine/expectations/clickstreams: what clean.clickstreams must hold before marts are made from it.
--
-- In: clean.clickstreams; :first and :last are the shop dates that may have changed; :least_share is 0 where
--   the newest day need not be a usual one.
-- Out: one row an expectation: its words, how many rows break it, how many may.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
checked AS (
  SELECT * FROM clean.clickstreams WHERE shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

days AS (
  SELECT
    count_if(shop_date = CAST(:last AS DATE)) AS newest,
    CAST(count_if(shop_date < CAST(:last AS DATE)) AS DOUBLE) / 14 AS usual
  FROM clean.clickstreams
  WHERE shop_date BETWEEN CAST(:last AS DATE) - INTERVAL '14' DAY AND CAST(:last AS DATE)
)

SELECT 'no event comes twice' AS expectation, count(*) - count(DISTINCT event_id) AS bad_rows, 0 AS allowed_rows FROM checked
UNION ALL
SELECT 'every event has a visitor and a session', count_if(visitor_key IS NULL OR session_id IS NULL), 0 FROM checked
UNION ALL
SELECT
  'product events name their product',
  count_if(event_type IN ('product_view', 'add_to_cart', 'remove_from_cart', 'purchase') AND product_id IS NULL),
  0
FROM checked
UNION ALL
SELECT 'at least half of the product events name a product of the catalogue', count_if(unknown_product),
  count_if(product_id IS NOT NULL) / 2
FROM checked
UNION ALL
SELECT
  'the newest day has at least a tenth of the events of each of the 14 days before',
  CASE WHEN usual >= 100 AND newest < usual * CAST(:least_share AS DOUBLE) THEN 1 ELSE 0 END,
  0
FROM days
