-- refine/expectations/users: what clean.users must hold before marts are made from it.
--
-- In: clean.users; :last is the newest shop date.
-- Out: one row an expectation: its words, how many rows break it, how many may.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
SELECT 'every user has an id' AS expectation, count_if(user_id IS NULL OR user_id = '') AS bad_rows, 0 AS allowed_rows
FROM clean.users
UNION ALL
SELECT 'no user comes twice', count(user_id) - count(DISTINCT user_id), 0 FROM clean.users
UNION ALL
SELECT 'users are of the newest night', count_if(extract_date < CAST(:last AS DATE)), 0 FROM clean.users
UNION ALL
SELECT 'e-mail addresses are hashes', count_if(length(email_hash) <> 64 OR strpos(email_hash, '@') > 0), 0
FROM clean.users
