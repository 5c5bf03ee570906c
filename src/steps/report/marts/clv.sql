-- report/clv: what each customer is expected to be worth, as of :last.
--
-- In: clean.order_details, mart.clv_model, mart.clv_pattern.
-- Out: one row a person and currency.
-- Rule: orders of one day are one purchase. BG/NBD (Fader, Hardie and Lee 2005) says how many days with an order the
--   next 52 weeks bring, Gamma-Gamma (Fader and Hardie 2013) what such a day is worth; their product is the value.
--   Without a fitted model all three are null.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
days AS (
  SELECT user_id, currency, shop_date, sum(net) AS net
  FROM clean.order_details
  WHERE is_sale AND user_id IS NOT NULL AND shop_date <= CAST(:last AS DATE)
  GROUP BY user_id, currency, shop_date
),

histories AS (
  SELECT
    user_id,
    currency,
    count(*) - 1 AS repeats,
    CAST(round(date_diff('day', min(shop_date), max(shop_date)) / 7E0) AS INTEGER) AS recency_weeks,
    CAST(round(date_diff('day', min(shop_date), CAST(:last AS DATE)) / 7E0) AS INTEGER) AS age_weeks,
    CAST(greatest(sum(net), 0) AS DOUBLE) AS net
  FROM days
  GROUP BY user_id, currency
),

valued AS (
  SELECT
    histories.user_id,
    histories.currency,
    histories.repeats,
    histories.recency_weeks,
    histories.age_weeks,
    pattern.p_alive,
    pattern.orders_12m,
    (model.gamma + histories.net) * model.p / (model.p * (histories.repeats + 1) + model.q - 1) AS order_value
  FROM histories
  LEFT JOIN mart.clv_model AS model
    ON coalesce(model.currency, '') = coalesce(histories.currency, '') AND model.status = 'fitted'
  LEFT JOIN mart.clv_pattern AS pattern
    ON coalesce(pattern.currency, '') = coalesce(histories.currency, '')
    AND pattern.repeats = histories.repeats
    AND pattern.recency_weeks = histories.recency_weeks
    AND pattern.age_weeks = histories.age_weeks
)

SELECT
  user_id,
  currency,
  CAST(repeats AS BIGINT) AS repeats,
  recency_weeks,
  age_weeks,
  p_alive,
  orders_12m,
  CAST(order_value AS DECIMAL(12, 2)) AS order_value,
  CAST(orders_12m * order_value AS DECIMAL(12, 2)) AS clv,
  CAST(:last AS DATE) AS as_of
FROM valued
ORDER BY user_id, currency
