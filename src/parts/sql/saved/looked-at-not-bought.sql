-- looked-at-not-bought: which products are looked at much and bought seldom
--
-- :days (number, 28): days up to the newest one with events
-- :least (number, 20): visitors below which a product is left out
-- :limit (number, 50): products
WITH
newest AS (SELECT max(shop_date) AS day FROM clean.clickstreams),

counted AS (
  SELECT
    event.product_id,
    count(DISTINCT CASE WHEN event.event_type = 'product_view' THEN event.visitor_key END) AS viewers,
    count(DISTINCT CASE WHEN event.event_type = 'add_to_cart' THEN event.visitor_key END) AS carters,
    count(DISTINCT CASE WHEN event.event_type = 'purchase' THEN event.visitor_key END) AS buyers
  FROM clean.clickstreams AS event
  CROSS JOIN newest
  WHERE event.shop_date > date_add('day', -:days, newest.day)
    AND event.product_id IS NOT NULL
    AND NOT event.is_bot
  GROUP BY event.product_id
)

SELECT
  counted.product_id,
  product.product_display_name,
  product.article_type,
  product.price,
  counted.viewers,
  counted.carters,
  counted.buyers,
  round(100 * CAST(counted.buyers AS DOUBLE) / counted.viewers, 1) AS bought_percent
FROM counted
LEFT JOIN clean.products AS product ON product.product_id = counted.product_id
WHERE counted.viewers >= :least
ORDER BY CAST(counted.buyers AS DOUBLE) / counted.viewers, counted.viewers DESC, counted.product_id
LIMIT :limit
