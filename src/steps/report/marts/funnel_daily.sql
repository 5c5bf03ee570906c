-- report/funnel_daily: from a look to an order, for sessions that began from :first to :last.
--
-- In: clean.clickstreams.
-- Out: one row a day, source of the visit and article type, and one with "(all)" for all types.
-- Rule: a step counts only after the one before it: view <= cart <= order by time, within the session and the type.
--   A session counts on the day it began; it may go on after midnight. Bots never count.
-- Rule for source: the first event with a campaign or a foreign referrer tells; without one the visit was direct.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
clicks AS (
  SELECT
    session_id,
    shop_date,
    corrected_at,
    event_type,
    article_type,
    product_id,
    CASE
      WHEN campaign IS NOT NULL THEN 'campaign:' || campaign
      WHEN referrer IS NULL OR url_extract_host(referrer) IS NULL THEN NULL
      WHEN url_extract_host(referrer) = url_extract_host(page_url) THEN NULL
      WHEN regexp_like(
        lower(url_extract_host(referrer)), '(^|\.)(google|bing|duckduckgo|yahoo|ecosia|baidu|yandex|coccoc|search)\.'
      ) THEN 'search'
      WHEN regexp_like(
        lower(url_extract_host(referrer)),
        '(^|\.)(facebook|instagram|pinterest|tiktok|youtube|twitter|x|reddit|zalo|linkedin|snapchat|threads)\.'
      ) THEN 'social'
      ELSE 'referral'
    END AS told
  FROM clean.clickstreams
  WHERE session_id IS NOT NULL
    AND NOT coalesce(is_bot, false)
    AND shop_date BETWEEN CAST(:first AS DATE) - INTERVAL '1' DAY AND CAST(:last AS DATE) + INTERVAL '1' DAY
),

began AS (
  SELECT session_id, min(shop_date) AS shop_date, coalesce(min_by(told, corrected_at), 'direct') AS source
  FROM (
    SELECT session_id, shop_date, told, CASE WHEN told IS NOT NULL THEN corrected_at END AS corrected_at FROM clicks
  ) AS telling
  GROUP BY session_id
  HAVING min(shop_date) BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

-- Times of the steps, for each type a session met and for the session as a whole.
steps AS (
  SELECT
    session_id,
    CASE WHEN grouping(article_type) = 1 THEN '(all)' ELSE article_type END AS article_type,
    min(CASE WHEN event_type IN ('product_view', 'recommendation_click') THEN corrected_at END) AS viewed_at,
    max(CASE WHEN event_type = 'add_to_cart' THEN corrected_at END) AS carted_at,
    max(CASE WHEN event_type = 'purchase' THEN corrected_at END) AS ordered_at
  FROM clicks
  GROUP BY GROUPING SETS ((session_id, article_type), (session_id))
),

reached AS (
  SELECT
    began.shop_date,
    began.source,
    steps.article_type,
    CASE WHEN viewed_at IS NOT NULL THEN 1 ELSE 0 END AS is_viewed,
    CASE WHEN viewed_at <= carted_at THEN 1 ELSE 0 END AS is_carted,
    CASE WHEN viewed_at <= carted_at AND viewed_at <= ordered_at THEN 1 ELSE 0 END AS is_ordered
  FROM steps
  JOIN began ON began.session_id = steps.session_id
  WHERE steps.article_type IS NOT NULL
),

counted AS (
  SELECT
    shop_date,
    source,
    article_type,
    count(*) AS sessions,
    sum(is_viewed) AS view_sessions,
    sum(is_carted) AS cart_sessions,
    sum(is_ordered) AS order_sessions
  FROM reached
  GROUP BY shop_date, source, article_type
)

SELECT
  shop_date,
  source,
  article_type,
  CAST(sessions AS BIGINT) AS sessions,
  CAST(view_sessions AS BIGINT) AS view_sessions,
  CAST(cart_sessions AS BIGINT) AS cart_sessions,
  CAST(order_sessions AS BIGINT) AS order_sessions,
  CAST(cart_sessions AS DOUBLE) / nullif(view_sessions, 0) AS view_to_cart,
  CAST(order_sessions AS DOUBLE) / nullif(cart_sessions, 0) AS cart_to_order,
  CAST(order_sessions AS DOUBLE) / nullif(view_sessions, 0) AS view_to_order,
  CAST(date_trunc('month', shop_date) AS DATE) AS shop_month
FROM counted
ORDER BY shop_date, source, article_type
