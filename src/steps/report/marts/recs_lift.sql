-- report/recs_lift: what recommendations earn against the arm without them, in the 28 days up to :last.
--
-- In: clean.clickstreams, clean.order_details.
-- Out: one row an experiment, arm and currency; one row that says "no source" where no event names one.
-- Rule for the arm without: it is called random, control or none. A visitor belongs to the arm that the events name; who was seen in two belongs to none. All orders of a visitor
--   from the first event of the arm on count, whatever was clicked: that is what makes the difference causal.
-- Rule for the interval, 95 %: log ratio of the means of revenue per visitor, by the delta method.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
clicks AS (
  SELECT
    visitor_key,
    corrected_at,
    order_id,
    event_type,
    CASE WHEN json_extract_scalar(properties, '$.experiment_variant') IS NOT NULL
      THEN split_part(json_extract_scalar(properties, '$.experiment_variant'), '/', 1)
      WHEN json_extract_scalar(properties, '$.arm') IS NOT NULL THEN 'recommendations'
    END AS experiment,
    coalesce(
      split_part(json_extract_scalar(properties, '$.experiment_variant'), '/', 2),
      json_extract_scalar(properties, '$.arm')
    ) AS arm
  FROM clean.clickstreams
  WHERE NOT coalesce(is_bot, false)
    AND event_type IN ('recommendation_view', 'recommendation_click', 'purchase')
    AND shop_date > CAST(:last AS DATE) - INTERVAL '28' DAY
    AND shop_date <= CAST(:last AS DATE)
),

assigned AS (
  SELECT visitor_key, experiment, max(arm) AS arm, min(corrected_at) AS assigned_at
  FROM clicks
  WHERE experiment IS NOT NULL
  GROUP BY visitor_key, experiment
  HAVING min(arm) = max(arm)
),

orders AS (
  SELECT order_id, currency, sum(net) AS net
  FROM clean.order_details
  WHERE is_sale
    AND shop_date > CAST(:last AS DATE) - INTERVAL '29' DAY
    AND shop_date <= CAST(:last AS DATE) + INTERVAL '1' DAY
  GROUP BY order_id, currency
),

purchases AS (
  SELECT DISTINCT assigned.visitor_key, assigned.experiment, assigned.arm, clicks.order_id
  FROM clicks
  JOIN assigned ON assigned.visitor_key = clicks.visitor_key AND clicks.corrected_at >= assigned.assigned_at
  WHERE clicks.event_type = 'purchase' AND clicks.order_id IS NOT NULL
),

spent AS (
  SELECT
    purchases.visitor_key,
    purchases.experiment,
    purchases.arm,
    orders.currency,
    count(*) AS orders,
    sum(orders.net) AS net
  FROM purchases
  JOIN orders ON orders.order_id = purchases.order_id
  GROUP BY purchases.visitor_key, purchases.experiment, purchases.arm, orders.currency
),

arms AS (
  SELECT experiment, arm, count(*) AS visitors FROM assigned GROUP BY experiment, arm
),

currencies AS (
  SELECT DISTINCT currency FROM spent
),

-- Mean of net a visitor, and the variance of that mean; who bought nothing counts as 0.
summed AS (
  SELECT
    arms.experiment,
    arms.arm,
    currencies.currency,
    max(arms.visitors) AS visitors,
    count(spent.visitor_key) AS buyers,
    coalesce(sum(spent.orders), 0) AS orders,
    coalesce(sum(spent.net), 0) AS net,
    CAST(coalesce(sum(spent.net), 0) AS DOUBLE) / max(arms.visitors) AS mean,
    coalesce(sum(CAST(spent.net AS DOUBLE) * CAST(spent.net AS DOUBLE)), 0) / max(arms.visitors) AS mean_square
  FROM arms
  CROSS JOIN currencies
  LEFT JOIN spent
    ON spent.experiment = arms.experiment
    AND spent.arm = arms.arm
    AND coalesce(spent.currency, '') = coalesce(currencies.currency, '')
  GROUP BY arms.experiment, arms.arm, currencies.currency
),

measured AS (
  SELECT summed.*, (mean_square - mean * mean) / visitors / nullif(mean * mean, 0) AS log_variance FROM summed
),

compared AS (
  SELECT
    measured.*,
    measured.mean / nullif(control.mean, 0) AS ratio,
    1.96 * sqrt(measured.log_variance + control.log_variance) AS reach
  FROM measured
  LEFT JOIN measured AS control
    ON control.experiment = measured.experiment
    AND control.arm IN ('random', 'control', 'none')
    AND measured.arm NOT IN ('random', 'control', 'none')
    AND coalesce(control.currency, '') = coalesce(measured.currency, '')
)

SELECT
  CAST(:last AS DATE) AS shop_date,
  experiment,
  arm,
  currency,
  CAST(visitors AS BIGINT) AS visitors,
  CAST(buyers AS BIGINT) AS buyers,
  CAST(orders AS BIGINT) AS orders,
  CAST(net AS DECIMAL(18, 2)) AS revenue,
  mean AS revenue_per_visitor,
  ratio - 1 AS lift,
  ratio * exp(-reach) - 1 AS lift_low,
  ratio * exp(reach) - 1 AS lift_high,
  'experiment' AS source,
  CAST(date_trunc('month', CAST(:last AS DATE)) AS DATE) AS shop_month
FROM compared
UNION ALL
SELECT
  CAST(:last AS DATE) AS shop_date,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  'no source' AS source,
  CAST(date_trunc('month', CAST(:last AS DATE)) AS DATE) AS shop_month
FROM (SELECT count(*) AS rows_found FROM compared) AS compared
WHERE rows_found = 0
ORDER BY 2, 3, 4
