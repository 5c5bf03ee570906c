-- report/audience: whom a value draws, by the 28 days up to :last.
--
-- In: clean.clickstreams, mart.trend_leaderboard, mart.consent, mart.customer.
-- Out: one row a campaign (a value of a dimension) and person; at most the 5 values of each dimension that draw a
--   person most.
-- Rule for attention: a session counts once per value, at its highest step: view 1, cart 3, order 6. Clicks before a
--   login count for the person if that browser was used by nobody else.
-- Rule for the share: (attention + 10 x shop share) / (all attention + 10): ten views as the shop goes are added, so that
--   one click is no taste. Who leans to a value by half more than the shop does, with attention of 3 or more, is in.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
clicks AS (
  SELECT
    session_id,
    visitor_key,
    user_id,
    CASE event_type WHEN 'purchase' THEN 6 WHEN 'add_to_cart' THEN 3 ELSE 1 END AS step,
    article_type,
    base_colour,
    season,
    "usage",
    gender
  FROM clean.clickstreams
  WHERE event_type IN ('product_view', 'recommendation_click', 'add_to_cart', 'purchase')
    AND product_id IS NOT NULL
    AND NOT coalesce(is_bot, false)
    AND shop_date > CAST(:last AS DATE) - INTERVAL '28' DAY
    AND shop_date <= CAST(:last AS DATE)
),

browsers AS (
  SELECT visitor_key, max(user_id) AS user_id
  FROM clicks
  WHERE user_id IS NOT NULL
  GROUP BY visitor_key
  HAVING min(user_id) = max(user_id)
),

people AS (
  SELECT
    clicks.session_id,
    coalesce(clicks.user_id, browsers.user_id) AS user_id,
    clicks.step,
    clicks.article_type,
    clicks.base_colour,
    clicks.season,
    clicks."usage",
    clicks.gender
  FROM clicks
  LEFT JOIN browsers ON browsers.visitor_key = clicks.visitor_key
  WHERE clicks.user_id IS NOT NULL OR browsers.user_id IS NOT NULL
),

met AS (
  SELECT user_id, session_id, dimension, :value AS value, max(step) AS step
  FROM people
  CROSS JOIN :dimensions
  GROUP BY user_id, session_id, dimension, :value
),

attention AS (
  SELECT user_id, dimension, value, CAST(sum(step) AS DOUBLE) AS attention
  FROM met
  WHERE value IS NOT NULL
  GROUP BY user_id, dimension, value
),

of_people AS (
  SELECT user_id, dimension, sum(attention) AS attention FROM attention GROUP BY user_id, dimension
),

of_values AS (
  SELECT
    dimension,
    value,
    sum(attention) / sum(sum(attention)) OVER (PARTITION BY dimension) AS shop_share
  FROM attention
  GROUP BY dimension, value
),

leaning AS (
  SELECT
    attention.user_id,
    attention.dimension,
    attention.value,
    attention.attention,
    of_values.shop_share,
    (attention.attention + 10 * of_values.shop_share) / (of_people.attention + 10) AS attention_share
  FROM attention
  JOIN of_people ON of_people.user_id = attention.user_id AND of_people.dimension = attention.dimension
  JOIN of_values ON of_values.dimension = attention.dimension AND of_values.value = attention.value
),

ranked AS (
  SELECT
    leaning.*,
    attention_share / shop_share AS lean,
    row_number() OVER (PARTITION BY user_id, dimension ORDER BY attention_share / shop_share DESC, value) AS nth
  FROM leaning
  WHERE attention >= 3 AND attention_share >= 1.5 * shop_share
),

-- The currency in which a person has ordered most, and the newest order in any.
customers AS (
  SELECT
    user_id,
    max_by(currency, orders) AS currency,
    max_by(clv, orders) AS clv,
    max(last_order_date) AS last_order_date
  FROM mart.customer
  GROUP BY user_id
),

states AS (
  SELECT dimension, value, state FROM mart.trend_leaderboard WHERE shop_date = CAST(:last AS DATE)
)

SELECT
  ranked.dimension || '=' || ranked.value AS campaign,
  ranked.dimension,
  ranked.value,
  states.state,
  ranked.user_id,
  ranked.attention,
  ranked.attention_share,
  ranked.shop_share,
  ranked.lean,
  CAST(CAST(round(100 * ranked.attention_share) AS INTEGER) AS VARCHAR) || ' % of attention; all shoppers: '
    || CAST(CAST(round(100 * ranked.shop_share) AS INTEGER) AS VARCHAR) || ' %' AS why,
  coalesce(consent.marketing, 'unknown') AS consent,
  customers.last_order_date,
  customers.clv,
  customers.currency,
  CAST(:last AS DATE) AS as_of
FROM ranked
LEFT JOIN states ON states.dimension = ranked.dimension AND states.value = ranked.value
LEFT JOIN mart.consent AS consent ON consent.user_id = ranked.user_id
LEFT JOIN customers ON customers.user_id = ranked.user_id
WHERE ranked.nth <= 5
ORDER BY campaign, ranked.lean DESC, ranked.user_id
