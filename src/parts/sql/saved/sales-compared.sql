-- sales-compared: what sold, against the days before and the same days of last year
--
-- :days (number, 7): length of each period
-- :until (date, none): last day of the newest period; else the newest day with orders
--
-- Last year's period lies 364 days back, so that weekdays match. Amounts of two currencies stay apart.
WITH
newest AS (SELECT coalesce(:until, max(shop_date)) AS day FROM clean.order_details),

lines AS (
  SELECT
    line.article_type,
    line.currency,
    line.quantity,
    line.net,
    date_diff('day', line.shop_date, newest.day) AS age_days
  FROM clean.order_details AS line
  CROSS JOIN newest
  WHERE line.is_sale
    AND line.shop_date <= newest.day
    AND line.shop_date > date_add('day', -364 - :days, newest.day)
),

sums AS (
  SELECT
    article_type,
    currency,
    sum(CASE WHEN age_days < :days THEN quantity ELSE 0 END) AS units,
    sum(CASE WHEN age_days < :days THEN net ELSE 0 END) AS revenue,
    sum(CASE WHEN age_days >= :days AND age_days < 2 * :days THEN net ELSE 0 END) AS revenue_before,
    sum(CASE WHEN age_days >= 364 THEN net ELSE 0 END) AS revenue_last_year
  FROM lines
  GROUP BY article_type, currency
)

SELECT
  article_type,
  currency,
  units,
  revenue,
  revenue_before,
  revenue_last_year,
  round(100 * (CAST(revenue AS DOUBLE) / nullif(CAST(revenue_before AS DOUBLE), 0) - 1), 1) AS change_percent,
  round(100 * (CAST(revenue AS DOUBLE) / nullif(CAST(revenue_last_year AS DOUBLE), 0) - 1), 1) AS change_last_year_percent
FROM sums
WHERE revenue <> 0 OR revenue_before <> 0 OR revenue_last_year <> 0
ORDER BY revenue DESC, article_type, currency
