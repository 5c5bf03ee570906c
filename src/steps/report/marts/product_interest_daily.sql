-- report/product_interest_daily: which products interest whom, from :first to :last.
--
-- In: clean.clickstreams, clean.order_details, clean.users, clean.products.
-- Out: one row a day and product that was looked at or sold that day.
-- Rule for interest: a session counts once per product, at its highest step, view 1 or cart 3; each order counts 6.
-- Rule for rank_change: the place among all products by the interest of the seven days before, less the place of the day.
-- Bots never count. Sales come from the shop alone, so a purchase event adds nothing here.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
clicks AS (
  SELECT shop_date, product_id, visitor_key, session_id, user_id, event_type
  FROM clean.clickstreams
  WHERE product_id IS NOT NULL
    AND event_type IN ('product_view', 'add_to_cart', 'recommendation_click')
    AND NOT coalesce(is_bot, false)
    AND shop_date BETWEEN CAST(:first AS DATE) - INTERVAL '7' DAY AND CAST(:last AS DATE)
),

sessions AS (
  SELECT
    shop_date,
    product_id,
    session_id,
    max(CASE WHEN event_type = 'add_to_cart' THEN 3 ELSE 1 END) AS step
  FROM clicks
  GROUP BY shop_date, product_id, session_id
),

looked AS (
  SELECT
    shop_date,
    product_id,
    sum(step) AS interest,
    sum(CASE WHEN step = 3 THEN 1 ELSE 0 END) AS cart_sessions
  FROM sessions
  GROUP BY shop_date, product_id
),

sold AS (
  SELECT
    shop_date,
    product_id,
    count(DISTINCT order_id) AS orders,
    sum(quantity) AS units,
    CASE WHEN count(DISTINCT coalesce(currency, '')) = 1 THEN sum(net) END AS net,
    CASE WHEN count(DISTINCT coalesce(currency, '')) = 1 THEN max(currency) END AS currency
  FROM clean.order_details
  WHERE is_sale AND shop_date BETWEEN CAST(:first AS DATE) - INTERVAL '7' DAY AND CAST(:last AS DATE)
  GROUP BY shop_date, product_id
),

daily AS (
  SELECT
    coalesce(looked.shop_date, sold.shop_date) AS shop_date,
    coalesce(looked.product_id, sold.product_id) AS product_id,
    CAST(coalesce(looked.interest, 0) + 6 * coalesce(sold.orders, 0) AS BIGINT) AS interest,
    CAST(coalesce(looked.cart_sessions, 0) AS BIGINT) AS cart_sessions,
    CAST(coalesce(sold.units, 0) AS BIGINT) AS units,
    sold.net,
    sold.currency
  FROM looked
  FULL OUTER JOIN sold ON sold.shop_date = looked.shop_date AND sold.product_id = looked.product_id
),

asked_days AS (
  SELECT DISTINCT shop_date FROM daily WHERE shop_date >= CAST(:first AS DATE)
),

week_before AS (
  SELECT
    asked_days.shop_date,
    daily.product_id,
    rank() OVER (PARTITION BY asked_days.shop_date ORDER BY sum(daily.interest) DESC) AS place
  FROM asked_days
  JOIN daily
    ON daily.shop_date >= asked_days.shop_date - INTERVAL '7' DAY AND daily.shop_date < asked_days.shop_date
  GROUP BY asked_days.shop_date, daily.product_id
),

ranked AS (
  SELECT
    daily.*,
    rank() OVER (PARTITION BY daily.shop_date ORDER BY daily.interest DESC) AS place
  FROM daily
  WHERE daily.shop_date >= CAST(:first AS DATE)
),

-- One row a day, product and visitor, with what is known of the person.
viewers AS (
  SELECT
    clicks.shop_date,
    clicks.product_id,
    clicks.visitor_key,
    max(users.sex) AS sex,
    max(users.age_band) AS age_band,
    max(users.region) AS region
  FROM clicks
  LEFT JOIN clean.users AS users ON users.user_id = clicks.user_id
  WHERE clicks.shop_date >= CAST(:first AS DATE) AND clicks.event_type <> 'add_to_cart'
  GROUP BY clicks.shop_date, clicks.product_id, clicks.visitor_key
),

who AS (
  SELECT
    shop_date,
    product_id,
    count(*) AS viewers,
    sum(CASE WHEN sex = 'female' THEN 1 ELSE 0 END) AS female,
    sum(CASE WHEN sex = 'male' THEN 1 ELSE 0 END) AS male
  FROM viewers
  GROUP BY shop_date, product_id
),

-- The most frequent value of each trait; the first in the alphabet where two are as frequent.
traits AS (
  SELECT shop_date, product_id, 'sex' AS trait, sex AS value FROM viewers WHERE sex IS NOT NULL
  UNION ALL
  SELECT shop_date, product_id, 'age_band' AS trait, age_band AS value FROM viewers WHERE age_band IS NOT NULL
  UNION ALL
  SELECT shop_date, product_id, 'region' AS trait, region AS value FROM viewers WHERE region IS NOT NULL
),

counted AS (
  SELECT
    shop_date,
    product_id,
    trait,
    value,
    row_number() OVER (PARTITION BY shop_date, product_id, trait ORDER BY count(*) DESC, value) AS place
  FROM traits
  GROUP BY shop_date, product_id, trait, value
),

tops AS (
  SELECT
    shop_date,
    product_id,
    max(CASE WHEN trait = 'sex' THEN value END) AS top_sex,
    max(CASE WHEN trait = 'age_band' THEN value END) AS top_age_band,
    max(CASE WHEN trait = 'region' THEN value END) AS top_region
  FROM counted
  WHERE place = 1
  GROUP BY shop_date, product_id
)

SELECT
  ranked.shop_date,
  ranked.product_id,
  product.product_display_name,
  product.article_type,
  product.base_colour,
  product.gender,
  CAST(coalesce(who.viewers, 0) AS BIGINT) AS viewers,
  ranked.cart_sessions,
  ranked.units,
  CAST(ranked.net AS DECIMAL(12, 2)) AS net,
  ranked.currency,
  ranked.interest,
  CAST(ranked.place AS INTEGER) AS "rank",
  CAST(week_before.place - ranked.place AS INTEGER) AS rank_change,
  CAST(coalesce(who.female, 0) AS BIGINT) AS viewers_female,
  CAST(coalesce(who.male, 0) AS BIGINT) AS viewers_male,
  CAST(coalesce(who.viewers - who.female - who.male, 0) AS BIGINT) AS viewers_unknown,
  tops.top_sex,
  tops.top_age_band,
  tops.top_region,
  CAST(date_trunc('month', ranked.shop_date) AS DATE) AS shop_month
FROM ranked
LEFT JOIN week_before ON week_before.shop_date = ranked.shop_date AND week_before.product_id = ranked.product_id
LEFT JOIN who ON who.shop_date = ranked.shop_date AND who.product_id = ranked.product_id
LEFT JOIN tops ON tops.shop_date = ranked.shop_date AND tops.product_id = ranked.product_id
LEFT JOIN clean.products AS product ON product.product_id = ranked.product_id
ORDER BY ranked.shop_date, ranked.place, ranked.product_id
