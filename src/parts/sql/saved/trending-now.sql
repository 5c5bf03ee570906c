-- trending-now: which article types and colours draw more attention than they did
--
-- :days (number, 7): length of the newest period
-- :least (number, 20): sessions below which a value is left out
--
-- Share of all product sessions in the newest period, against the four periods of that length before it.
WITH
newest AS (SELECT max(shop_date) AS day FROM clean.clickstreams),

seen AS (
  SELECT DISTINCT
    event.session_id,
    event.article_type,
    event.base_colour,
    CASE WHEN date_diff('day', event.shop_date, newest.day) < :days THEN 1 ELSE 0 END AS is_new
  FROM clean.clickstreams AS event
  CROSS JOIN newest
  WHERE event.shop_date > date_add('day', -5 * :days, newest.day)
    AND event.event_type IN ('product_view', 'add_to_cart', 'purchase')
    AND NOT event.is_bot
),

sessions AS (
  SELECT DISTINCT 'article_type' AS dimension, article_type AS value, session_id, is_new
  FROM seen
  WHERE article_type IS NOT NULL
  UNION ALL
  SELECT DISTINCT 'base_colour', base_colour, session_id, is_new
  FROM seen
  WHERE base_colour IS NOT NULL
),

counted AS (
  SELECT
    dimension,
    value,
    sum(is_new) AS sessions,
    sum(1 - is_new) AS sessions_before,
    sum(sum(is_new)) OVER (PARTITION BY dimension) AS all_sessions,
    sum(sum(1 - is_new)) OVER (PARTITION BY dimension) AS all_before
  FROM sessions
  GROUP BY dimension, value
),

shares AS (
  SELECT
    dimension,
    value,
    CAST(sessions AS BIGINT) AS sessions,
    CAST(sessions AS DOUBLE) / nullif(CAST(all_sessions AS DOUBLE), 0) AS share,
    CAST(sessions_before AS DOUBLE) / nullif(CAST(all_before AS DOUBLE), 0) AS share_before
  FROM counted
  WHERE sessions >= :least
)

SELECT
  dimension,
  value,
  sessions,
  round(share, 4) AS share,
  round(share_before, 4) AS share_before,
  round(share / nullif(share_before, 0), 2) AS times_as_much
FROM shares
ORDER BY dimension, share / nullif(share_before, 0) DESC NULLS FIRST, value
