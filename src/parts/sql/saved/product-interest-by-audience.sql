-- product-interest-by-audience: which products interest whom
--
-- :days (number, 28): days up to the newest one with events
-- :places (number, 5): products of each audience
--
-- Sessions of known users by sex and age band; a session counts once at its highest step: view 1, cart 3, purchase 6.
WITH
newest AS (SELECT max(shop_date) AS day FROM clean.clickstreams),

steps AS (
  SELECT
    person.sex,
    person.age_band,
    event.product_id,
    event.session_id,
    max(CASE event.event_type WHEN 'purchase' THEN 6 WHEN 'add_to_cart' THEN 3 ELSE 1 END) AS step
  FROM clean.clickstreams AS event
  JOIN clean.users AS person ON person.user_id = event.user_id
  CROSS JOIN newest
  WHERE event.shop_date > date_add('day', -:days, newest.day)
    AND event.event_type IN ('product_view', 'add_to_cart', 'purchase')
    AND event.product_id IS NOT NULL
    AND NOT event.is_bot
  GROUP BY person.sex, person.age_band, event.product_id, event.session_id
),

interest AS (
  SELECT sex, age_band, product_id, count(*) AS sessions, sum(step) AS interest
  FROM steps
  GROUP BY sex, age_band, product_id
),

ranked AS (
  SELECT
    interest.*,
    row_number() OVER (PARTITION BY sex, age_band ORDER BY interest DESC, product_id) AS place
  FROM interest
)

SELECT
  ranked.sex,
  ranked.age_band,
  ranked.place,
  ranked.product_id,
  product.product_display_name,
  product.article_type,
  ranked.sessions,
  ranked.interest
FROM ranked
LEFT JOIN clean.products AS product ON product.product_id = ranked.product_id
WHERE ranked.place <= :places
ORDER BY ranked.sex, ranked.age_band, ranked.place
