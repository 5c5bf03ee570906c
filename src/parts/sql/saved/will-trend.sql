-- will-trend: what is forecast to draw more attention than in the same weeks of last year
--
-- :weeks (number, 8): weeks ahead
--
-- From the newest forecast; the values with most weeks above last year come first.
WITH
newest AS (SELECT max(computed_on) AS computed_on FROM mart.trend_forecast)

SELECT
  forecast.dimension,
  forecast.value,
  sum(CASE WHEN forecast.will_trend THEN 1 ELSE 0 END) AS weeks_above,
  count(*) AS weeks,
  round(avg(forecast.p50), 4) AS share,
  round(avg(forecast.last_year), 4) AS share_last_year
FROM mart.trend_forecast AS forecast
JOIN newest ON newest.computed_on = forecast.computed_on
WHERE forecast.week_ahead <= :weeks
GROUP BY forecast.dimension, forecast.value
ORDER BY weeks_above DESC, share DESC, forecast.dimension, forecast.value
