-- report/recs_daily: what recommendations led to, from :first to :last.
--
-- In: clean.clickstreams, clean.order_details.
-- Out: one row a day, placement, arm and reason for what was shown and clicked, without a currency; and one more for
--   each currency in which it was bought.
-- Rule: a product of a list counts once, however often it was shown or clicked. A purchase of a product within 24 h of
--   the same visitor's click on it belongs to the last such click, and to the day of that click. Money is the shop's.
-- Rule for the arm: properties.experiment_variant, name/arm; or properties.arm, of the experiment "recommendations".
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
touches AS (
  SELECT
    shop_date,
    event_type,
    corrected_at,
    event_id,
    visitor_key,
    coalesce(slate_id, event_id) AS slate_id,
    product_id,
    placement,
    coalesce(
      json_extract_scalar(properties, '$.experiment_variant'),
      'recommendations/' || json_extract_scalar(properties, '$.arm')
    ) AS arm,
    json_extract_scalar(properties, '$.reason') AS reason
  FROM clean.clickstreams
  WHERE event_type IN ('recommendation_view', 'recommendation_click')
    AND product_id IS NOT NULL
    AND NOT coalesce(is_bot, false)
    AND shop_date BETWEEN CAST(:first AS DATE) - INTERVAL '1' DAY AND CAST(:last AS DATE)
),

-- A click need not repeat what the list said of itself when it was shown.
lists AS (
  SELECT slate_id, product_id, max(placement) AS placement, max(arm) AS arm, max(reason) AS reason
  FROM touches
  GROUP BY slate_id, product_id
),

impressions AS (
  SELECT slate_id, product_id, min(shop_date) AS shop_date
  FROM touches
  WHERE event_type = 'recommendation_view'
  GROUP BY slate_id, product_id
),

clicks AS (
  SELECT slate_id, product_id, min(shop_date) AS shop_date
  FROM touches
  WHERE event_type = 'recommendation_click'
  GROUP BY slate_id, product_id
),

purchases AS (
  SELECT visitor_key, order_id, product_id, min(corrected_at) AS bought_at
  FROM clean.clickstreams
  WHERE event_type = 'purchase'
    AND order_id IS NOT NULL
    AND product_id IS NOT NULL
    AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE) + INTERVAL '1' DAY
  GROUP BY visitor_key, order_id, product_id
),

followed AS (
  SELECT
    purchases.order_id,
    purchases.product_id,
    touches.shop_date,
    touches.slate_id,
    row_number() OVER (
      PARTITION BY purchases.order_id, purchases.product_id ORDER BY touches.corrected_at DESC, touches.event_id
    ) AS nth
  FROM purchases
  JOIN touches
    ON touches.visitor_key = purchases.visitor_key
    AND touches.product_id = purchases.product_id
    AND touches.event_type = 'recommendation_click'
    AND touches.corrected_at <= purchases.bought_at
    AND touches.corrected_at > purchases.bought_at - INTERVAL '24' HOUR
),

lines AS (
  SELECT order_id, product_id, max(currency) AS currency, sum(quantity) AS units, sum(net) AS net
  FROM clean.order_details
  WHERE is_sale
    AND shop_date BETWEEN CAST(:first AS DATE) - INTERVAL '1' DAY AND CAST(:last AS DATE) + INTERVAL '2' DAY
  GROUP BY order_id, product_id
),

counted AS (
  SELECT shop_date, slate_id, product_id, NULL AS currency, 1 AS impressions, 0 AS clicks, NULL AS order_id,
    NULL AS units, NULL AS net
  FROM impressions
  UNION ALL
  SELECT shop_date, slate_id, product_id, NULL, 0, 1, NULL, NULL, NULL
  FROM clicks
  UNION ALL
  SELECT followed.shop_date, followed.slate_id, followed.product_id, lines.currency, 0, 0, followed.order_id,
    lines.units, lines.net
  FROM followed
  JOIN lines ON lines.order_id = followed.order_id AND lines.product_id = followed.product_id
  WHERE followed.nth = 1
)

SELECT
  counted.shop_date,
  lists.placement,
  lists.arm,
  lists.reason,
  counted.currency,
  CAST(sum(counted.impressions) AS BIGINT) AS impressions,
  CAST(sum(counted.clicks) AS BIGINT) AS clicks,
  CAST(sum(counted.clicks) AS DOUBLE) / nullif(sum(counted.impressions), 0) AS click_rate,
  CAST(count(DISTINCT counted.order_id) AS BIGINT) AS orders,
  CAST(coalesce(sum(counted.units), 0) AS BIGINT) AS units,
  CAST(sum(counted.net) AS DECIMAL(18, 2)) AS revenue,
  CAST(date_trunc('month', counted.shop_date) AS DATE) AS shop_month
FROM counted
JOIN lists ON lists.slate_id = counted.slate_id AND lists.product_id = counted.product_id
WHERE counted.shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
GROUP BY counted.shop_date, lists.placement, lists.arm, lists.reason, counted.currency
ORDER BY 1, 2, 3, 4, 5
