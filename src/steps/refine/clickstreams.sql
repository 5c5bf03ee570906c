-- refine/clickstreams: rows of landing.clickstreams become rows of clean.clickstreams.
--
-- In: rows of landing after :after and up to :upto (sequence numbers), the products' history, clean as it is now.
-- Out: one row for each event that clean does not hold yet, with its product as of event time and its session.
-- Rule for duplicates: an event_id is compared with every event_id in clean, whatever the day, since a repeated
--   request can carry another sending time and so another corrected_at. The first copy in the stream wins; one that says
--   something else is kept in quarantine.
-- Rule for sessions: 30 minutes without an event of the visitor end one. Events of earlier deliveries keep their
--   session; an event that comes late joins the earliest session it touches.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
received AS (
  SELECT * FROM landing.clickstreams
  WHERE sequence_number > :after AND sequence_number <= :upto
    -- What lacks these is refused, by refused-clickstreams.sql.
    AND event_id IS NOT NULL AND corrected_at IS NOT NULL AND visitor_key IS NOT NULL
),

-- Ids that clean holds already. Ids that sort by time (UUIDv7) let the engine skip most files here.
known AS (
  SELECT event_id FROM clean.clickstreams WHERE event_id IN (SELECT event_id FROM received)
),

numbered AS (
  SELECT received.*, row_number() OVER (PARTITION BY event_id ORDER BY sequence_number, record_index) AS copy_number
  FROM received
),

fresh AS (
  SELECT
    numbered.*,
    CAST(at_timezone(with_timezone(corrected_at, 'UTC'), :zone) AS DATE) AS shop_date
  FROM numbered
  WHERE copy_number = 1 AND event_id NOT IN (SELECT event_id FROM known)
),

-- Each change of a product holds until the next one; the first also holds for all time before it.
product_spans AS (
  SELECT
    product_changes.*,
    CASE
      WHEN row_number() OVER (PARTITION BY product_id ORDER BY changed_at, sequence_number, record_index) = 1
      THEN TIMESTAMP '0001-01-01 00:00:00'
      ELSE changed_at
    END AS valid_from,
    coalesce(
      lead(changed_at) OVER (PARTITION BY product_id ORDER BY changed_at, sequence_number, record_index),
      TIMESTAMP '9999-12-31 00:00:00'
    ) AS valid_until
  FROM landing.product_changes AS product_changes
  WHERE sequence_number <= :upto AND product_id IN (SELECT product_id FROM fresh)
),

-- Earlier rows of the same visitors that can belong to the same sessions.
reach AS (
  SELECT
    visitor_key,
    min(corrected_at) - INTERVAL '30' MINUTE AS earliest,
    max(corrected_at) + INTERVAL '30' MINUTE AS latest
  FROM fresh
  GROUP BY visitor_key
),

neighbours AS (
  SELECT earlier.visitor_key, earlier.corrected_at, earlier.client_sequence, earlier.event_id, earlier.session_id
  FROM clean.clickstreams AS earlier
  JOIN reach ON earlier.visitor_key = reach.visitor_key AND earlier.corrected_at BETWEEN reach.earliest AND reach.latest
  WHERE earlier.shop_date >= (SELECT min(shop_date) FROM fresh) - INTERVAL '1' DAY
    AND earlier.shop_date <= (SELECT max(shop_date) FROM fresh) + INTERVAL '1' DAY
),

timeline AS (
  SELECT visitor_key, corrected_at, client_sequence, event_id, CAST(NULL AS VARCHAR) AS session_id FROM fresh
  UNION ALL
  SELECT visitor_key, corrected_at, client_sequence, event_id, session_id FROM neighbours
),

gaps AS (
  SELECT
    timeline.*,
    lag(corrected_at) OVER (PARTITION BY visitor_key ORDER BY corrected_at, client_sequence, event_id) AS previous_at
  FROM timeline
),

visits AS (
  SELECT
    gaps.*,
    sum(CASE WHEN previous_at IS NULL OR corrected_at > previous_at + INTERVAL '30' MINUTE THEN 1 ELSE 0 END) OVER (
      PARTITION BY visitor_key ORDER BY corrected_at, client_sequence, event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS visit_number
  FROM gaps
),

-- A session is named by its visitor and its first second, so names of one visitor sort by time.
sessions AS (
  SELECT
    event_id,
    coalesce(
      min(session_id) OVER (PARTITION BY visitor_key, visit_number),
      visitor_key || '@' || date_format(
        min(corrected_at) OVER (PARTITION BY visitor_key, visit_number), '%Y-%m-%dT%H:%i:%sZ'
      )
    ) AS session_id
  FROM visits
)

SELECT
  fresh.event_id,
  fresh.event_type,
  fresh.shop_date,
  fresh.corrected_at,
  fresh.received_at,
  fresh."timestamp",
  fresh.visitor_key,
  fresh.visitor_id,
  fresh.user_id,
  sessions.session_id,
  fresh.product_id,
  fresh.variant_id,
  fresh.quantity,
  fresh.unit_price,
  fresh.currency,
  fresh.order_id,
  fresh.query,
  fresh.slate_id,
  fresh.placement,
  fresh."position",
  fresh.client_sequence,
  fresh.page_url,
  fresh.referrer,
  fresh.locale,
  fresh.campaign,
  fresh.consent,
  fresh.properties,
  fresh.device_class,
  fresh.is_bot,
  fresh.origin,
  fresh.unknown_product,
  fresh.time_clamped,
  product.style_id,
  product.gender,
  product.master_category,
  product.sub_category,
  product.article_type,
  product.base_colour,
  product.season,
  product."year",
  product."usage",
  product.brand,
  product.price AS product_price,
  fresh.shard,
  fresh.sequence_number
FROM fresh
JOIN sessions ON sessions.event_id = fresh.event_id
LEFT JOIN product_spans AS product
  ON product.product_id = fresh.product_id
  AND fresh.corrected_at >= product.valid_from
  AND fresh.corrected_at < product.valid_until
ORDER BY fresh.corrected_at, fresh.event_id
