-- abandoned-carts: which products are left in carts, and what that was worth
--
-- :days (number, 28): days up to the newest one with events
-- :limit (number, 50): products
--
-- A session that put the product into the cart and bought nothing of it. Worth by the catalogue's price at that time.
WITH
newest AS (SELECT max(shop_date) AS day FROM clean.clickstreams),

carts AS (
  SELECT
    event.session_id,
    event.product_id,
    max(event.product_price) AS product_price,
    max(CASE WHEN event.event_type = 'add_to_cart' THEN 1 ELSE 0 END) AS in_cart,
    max(CASE WHEN event.event_type = 'purchase' THEN 1 ELSE 0 END) AS bought
  FROM clean.clickstreams AS event
  CROSS JOIN newest
  WHERE event.shop_date > date_add('day', -:days, newest.day)
    AND event.event_type IN ('add_to_cart', 'purchase')
    AND event.product_id IS NOT NULL
    AND NOT event.is_bot
  GROUP BY event.session_id, event.product_id
)

SELECT
  carts.product_id,
  product.product_display_name,
  product.article_type,
  count(*) AS carts,
  sum(1 - carts.bought) AS abandoned,
  sum(CASE WHEN carts.bought = 0 THEN carts.product_price END) AS abandoned_worth
FROM carts
LEFT JOIN clean.products AS product ON product.product_id = carts.product_id
WHERE carts.in_cart = 1
GROUP BY carts.product_id, product.product_display_name, product.article_type
HAVING sum(1 - carts.bought) > 0
ORDER BY abandoned DESC, abandoned_worth DESC, carts.product_id
LIMIT :limit
