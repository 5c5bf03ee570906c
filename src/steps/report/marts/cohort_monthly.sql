-- report/cohort_monthly: who comes back, by month of the first order, as of :last.
--
-- In: clean.order_details, mart.customer.
-- Out: one row a first month, month since and currency, for the last 36 first months.
-- Rule: a month that is not over by :last is blank, since it would look like a loss.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
members AS (
  SELECT user_id, currency, CAST(date_trunc('month', first_order_date) AS DATE) AS cohort_month
  FROM mart.customer
  WHERE first_order_date >= date_trunc('month', CAST(:last AS DATE)) - INTERVAL '36' MONTH
),

sizes AS (
  SELECT cohort_month, currency, count(*) AS size FROM members GROUP BY cohort_month, currency
),

grid AS (
  SELECT sizes.cohort_month, sizes.currency, sizes.size, CAST(month.number AS INTEGER) AS months_since
  FROM sizes
  CROSS JOIN UNNEST(sequence(0, 36)) AS month (number)
  WHERE sizes.cohort_month + INTERVAL '1' MONTH * month.number <= CAST(:last AS DATE)
),

spent AS (
  SELECT
    members.cohort_month,
    members.currency,
    CAST(date_diff('month', members.cohort_month, CAST(line.shop_month AS DATE)) AS INTEGER) AS months_since,
    count(DISTINCT line.user_id) AS active,
    sum(line.net) AS revenue
  FROM clean.order_details AS line
  JOIN members
    ON members.user_id = line.user_id AND coalesce(members.currency, '') = coalesce(line.currency, '')
  WHERE line.is_sale
    AND line.shop_date <= CAST(:last AS DATE)
    AND line.shop_month >= date_trunc('month', CAST(:last AS DATE)) - INTERVAL '36' MONTH
  GROUP BY 1, 2, 3
),

dated AS (
  SELECT
    grid.cohort_month,
    grid.months_since,
    grid.currency,
    grid.size,
    grid.cohort_month + INTERVAL '1' MONTH * (grid.months_since + 1) <= CAST(:last AS DATE) + INTERVAL '1' DAY AS is_over,
    coalesce(spent.active, 0) AS active,
    coalesce(spent.revenue, 0) AS revenue
  FROM grid
  LEFT JOIN spent
    ON spent.cohort_month = grid.cohort_month
    AND coalesce(spent.currency, '') = coalesce(grid.currency, '')
    AND spent.months_since = grid.months_since
)

SELECT
  cohort_month,
  months_since,
  currency,
  CAST(size AS BIGINT) AS size,
  CAST(CASE WHEN is_over THEN active END AS BIGINT) AS active,
  CASE WHEN is_over THEN CAST(active AS DOUBLE) / size END AS retention,
  CAST(CASE WHEN is_over THEN revenue END AS DECIMAL(18, 2)) AS revenue,
  CAST(CASE WHEN is_over THEN CAST(revenue AS DOUBLE) / size END AS DECIMAL(12, 2)) AS revenue_per_head,
  CAST(:last AS DATE) AS as_of
FROM dated
ORDER BY cohort_month, months_since, currency
