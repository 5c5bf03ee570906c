-- extract/clean-users: users as of the newest night.
--
-- In: landing.users.
-- Out: one row a user.
SELECT user_id, email_hash, sex, age_band, region, extract_date
FROM landing.users
WHERE extract_date = (SELECT max(extract_date) FROM landing.users)
