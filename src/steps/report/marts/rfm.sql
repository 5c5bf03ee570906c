-- report/rfm: customers by how lately, how often and how much they bought, as of :last.
--
-- In: mart.customer.
-- Out: one row a segment and currency.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
SELECT
  segment,
  currency,
  CAST(count(*) AS BIGINT) AS customers,
  CAST(count(*) AS DOUBLE) / sum(count(*)) OVER (PARTITION BY currency) AS customers_share,
  CAST(sum(revenue) AS DECIMAL(18, 2)) AS revenue,
  CAST(sum(revenue) AS DOUBLE) / nullif(CAST(sum(sum(revenue)) OVER (PARTITION BY currency) AS DOUBLE), 0)
    AS revenue_share,
  avg(CAST(date_diff('day', last_order_date, CAST(:last AS DATE)) AS DOUBLE)) AS days_since_order,
  CAST(sum(clv) AS DECIMAL(18, 2)) AS clv,
  CAST(:last AS DATE) AS as_of
FROM mart.customer
GROUP BY segment, currency
ORDER BY segment, currency
