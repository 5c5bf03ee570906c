-- The demo's lake in ClickHouse: its tables, and what sold best.
SET allow_experimental_database_iceberg = 1;
CREATE DATABASE lake ENGINE = DataLakeCatalog('http://127.0.0.1:8787/iceberg')
SETTINGS catalog_type = 'rest', warehouse = 'lake', auth_header = 'Authorization: Bearer demo', vended_credentials = false;

SHOW TABLES FROM lake;

SELECT article_type, currency, sum(units) AS units, sum(revenue) AS revenue
FROM lake.`mart.sales_daily`
GROUP BY article_type, currency
ORDER BY units DESC
LIMIT 10;

SELECT event_type, count() AS events, uniqExact(visitor_key) AS visitors
FROM lake.`clean.clickstreams`
GROUP BY event_type
ORDER BY events DESC;
