-- report/discount_effect: what discounts of the 365 days up to :last moved.
--
-- In: clean.order_details, clean.orders.
-- Out: one row a campaign and currency; one row that says "no source" where the shop has no discounts.
-- Rule: a campaign is a coupon code, or the markdowns of one month. Its products, from its first to its last day, are
--   compared with their own pace of the 28 days before. Season and trend are not taken out, so a campaign that falls
--   into a good season looks better than it was.
-- Rule for the interval, 80 %: variance of a daily sum against its mean as in the 28 days before, at least Poisson's.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
lines AS (
  SELECT
    line.shop_date,
    line.product_id,
    line.order_id,
    line.currency,
    line.quantity,
    line.net,
    CASE WHEN line.discount IS NULL AND line.order_discount IS NULL THEN NULL
      ELSE coalesce(line.discount, 0) + coalesce(line.order_discount, 0)
    END AS discount,
    coalesce(sale_order.coupon, 'markdown ' || date_format(line.shop_date, '%Y-%m')) AS campaign
  FROM clean.order_details AS line
  LEFT JOIN clean.orders AS sale_order
    ON sale_order.order_id = line.order_id AND sale_order.shop_month = line.shop_month
  WHERE line.is_sale
    AND line.shop_date <= CAST(:last AS DATE)
    AND line.shop_date > CAST(:last AS DATE) - INTERVAL '393' DAY
),

discounted AS (
  SELECT * FROM lines WHERE discount > 0 AND shop_date > CAST(:last AS DATE) - INTERVAL '365' DAY
),

campaigns AS (
  SELECT
    campaign,
    currency,
    min(shop_date) AS first_date,
    max(shop_date) AS last_date,
    count(DISTINCT order_id) AS orders,
    sum(discount) AS discount
  FROM discounted
  GROUP BY campaign, currency
),

products AS (
  SELECT DISTINCT campaign, coalesce(currency, '') AS currency_key, product_id FROM discounted
),

-- Daily sums of a campaign's products, in its days and in the 28 before; a day without a sale is a day of 0.
days AS (
  SELECT
    campaigns.campaign,
    campaigns.currency,
    lines.shop_date,
    lines.shop_date >= campaigns.first_date AS is_inside,
    sum(lines.quantity) AS units,
    sum(lines.net) AS net
  FROM campaigns
  JOIN products
    ON products.campaign = campaigns.campaign AND products.currency_key = coalesce(campaigns.currency, '')
  JOIN lines
    ON lines.product_id = products.product_id
    AND coalesce(lines.currency, '') = products.currency_key
    AND lines.shop_date >= campaigns.first_date - INTERVAL '28' DAY
    AND lines.shop_date <= campaigns.last_date
  GROUP BY 1, 2, 3, 4
),

summed AS (
  SELECT
    campaign,
    currency,
    CAST(sum(CASE WHEN is_inside THEN units ELSE 0 END) AS DOUBLE) AS units,
    sum(CASE WHEN is_inside THEN net ELSE 0 END) AS net,
    sum(CASE WHEN is_inside THEN 0 ELSE CAST(units AS DOUBLE) END) / 28E0 AS pace,
    sum(CASE WHEN is_inside THEN 0 ELSE CAST(net AS DOUBLE) END) / 28E0 AS net_pace,
    sum(CASE WHEN is_inside THEN 0 ELSE CAST(units AS DOUBLE) * units END) / 28E0 AS pace_squared
  FROM days
  GROUP BY campaign, currency
),

compared AS (
  SELECT
    campaigns.*,
    date_diff('day', campaigns.first_date, campaigns.last_date) + 1 AS days,
    summed.units,
    summed.net,
    summed.pace,
    summed.net_pace,
    greatest(1E0, coalesce((summed.pace_squared - summed.pace * summed.pace) / nullif(summed.pace, 0), 1E0)) AS spread
  FROM campaigns
  JOIN summed
    ON summed.campaign = campaigns.campaign AND coalesce(summed.currency, '') = coalesce(campaigns.currency, '')
),

judged AS (
  SELECT
    compared.*,
    pace * days AS expected,
    1.2816 * sqrt(spread * (pace * days + pace * days * days / 28E0)) AS reach
  FROM compared
)

SELECT
  campaign,
  currency,
  first_date,
  last_date,
  CAST(days AS BIGINT) AS days,
  CAST(orders AS BIGINT) AS orders,
  CAST(units AS BIGINT) AS units,
  expected AS units_expected,
  units - expected AS units_extra,
  units - expected - reach AS units_extra_low,
  units - expected + reach AS units_extra_high,
  CAST(discount AS DECIMAL(18, 2)) AS discount,
  CAST(net AS DECIMAL(18, 2)) AS revenue,
  CAST(CAST(net AS DOUBLE) - net_pace * days AS DECIMAL(18, 2)) AS revenue_extra,
  'orders' AS source,
  CAST(:last AS DATE) AS as_of
FROM judged
UNION ALL
SELECT
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  'no source' AS source,
  CAST(:last AS DATE) AS as_of
FROM (SELECT count(discount) AS discounts FROM lines) AS source
WHERE discounts = 0
ORDER BY 1, 2
