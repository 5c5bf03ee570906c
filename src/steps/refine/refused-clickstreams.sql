-- refine/refused-clickstreams: rows of landing.clickstreams that clean.clickstreams does not take, and why.
--
-- In: rows of landing after :after and up to :upto (sequence numbers), clean as it was before them.
-- Out: one row for each row that is refused, with what it lacks and a sentence. What is merely repeated is not refused: the same
--   event_id with the same content is one event that came twice.
-- Rules: clean needs an event_id, a time and a visitor. An event_id that stands for something else already is refused, since
--   clean holds each id once and the first copy in the stream wins.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
received AS (
  SELECT * FROM landing.clickstreams WHERE sequence_number > :after AND sequence_number <= :upto
),

known AS (
  SELECT event_id, event_type, visitor_key, product_id, variant_id, quantity, unit_price, order_id, query
  FROM clean.clickstreams
  WHERE event_id IN (SELECT event_id FROM received)
),

numbered AS (
  SELECT received.*, row_number() OVER (PARTITION BY event_id ORDER BY sequence_number, record_index) AS copy_number
  FROM received
  WHERE event_id IS NOT NULL AND corrected_at IS NOT NULL AND visitor_key IS NOT NULL
),

-- The copy that counts: the one in clean, else the first that came.
counting AS (
  SELECT * FROM known
  UNION ALL
  SELECT event_id, event_type, visitor_key, product_id, variant_id, quantity, unit_price, order_id, query
  FROM numbered
  WHERE copy_number = 1 AND event_id NOT IN (SELECT event_id FROM known)
),

judged AS (
  SELECT
    received.*,
    CASE
      WHEN received.event_id IS NULL THEN 'it has no event_id'
      WHEN received.corrected_at IS NULL THEN 'it has no time'
      WHEN received.visitor_key IS NULL THEN 'it names no visitor'
    END AS lacks,
    CASE
      WHEN received.event_type IS DISTINCT FROM counting.event_type THEN 'event_type'
      WHEN received.visitor_key IS DISTINCT FROM counting.visitor_key THEN 'visitor'
      WHEN received.product_id IS DISTINCT FROM counting.product_id THEN 'product_id'
      WHEN received.variant_id IS DISTINCT FROM counting.variant_id THEN 'variant_id'
      WHEN received.quantity IS DISTINCT FROM counting.quantity THEN 'quantity'
      WHEN received.unit_price IS DISTINCT FROM counting.unit_price THEN 'unit_price'
      WHEN received.order_id IS DISTINCT FROM counting.order_id THEN 'order_id'
      WHEN received.query IS DISTINCT FROM counting.query THEN 'query'
    END AS differs_in
  FROM received
  LEFT JOIN counting ON counting.event_id = received.event_id
)

SELECT
  judged.*,
  coalesce(lacks, 'its event_id stands for an event with another ' || differs_in) AS message
FROM judged
WHERE lacks IS NOT NULL OR differs_in IS NOT NULL
