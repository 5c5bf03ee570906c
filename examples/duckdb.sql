-- The demo's lake in DuckDB: what sold best, and how many events there were an hour ago.
INSTALL iceberg;
LOAD iceberg;
ATTACH '' AS lake (TYPE iceberg, ENDPOINT 'http://127.0.0.1:8787/iceberg', TOKEN 'demo');

SELECT article_type, currency, sum(units) AS units, sum(revenue) AS revenue
FROM lake.mart.sales_daily
GROUP BY article_type, currency
ORDER BY units DESC
LIMIT 10;

SELECT event_type, count(*) AS events, count(DISTINCT visitor_key) AS visitors
FROM lake.clean.clickstreams
GROUP BY event_type
ORDER BY events DESC;

-- A day filter reads the files of that day alone.
SELECT count(*) AS events_today FROM lake.landing.clickstreams WHERE received_at >= CAST(current_date AS TIMESTAMP);
