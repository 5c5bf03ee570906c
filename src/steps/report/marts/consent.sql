-- report/consent: what people last said about being written to, with what was said from :first to :last.
--
-- In: clean.clickstreams, mart.consent as it was.
-- Out: one row a person who has ever said anything; the newest word wins.
-- Rule: "marketing": true is a yes. "marketing": false is a no, and so is a no to personalisation, since an audience is
--   made of what somebody looked at. Silence is neither.
-- Dialect: Athena's; sql/prelude gives DuckDB the same functions.
WITH
words AS (
  SELECT
    user_id,
    corrected_at AS decided_at,
    json_extract_scalar(consent, '$.marketing') AS marketing,
    coalesce(
      json_extract_scalar(consent, '$.personalisation'), json_extract_scalar(consent, '$.personalization')
    ) AS personalisation
  FROM clean.clickstreams
  WHERE user_id IS NOT NULL
    AND consent IS NOT NULL
    AND shop_date BETWEEN CAST(:first AS DATE) AND CAST(:last AS DATE)
),

said AS (
  SELECT
    user_id,
    decided_at,
    CASE WHEN marketing = 'true' AND coalesce(personalisation, 'true') <> 'false' THEN 'yes' ELSE 'no' END AS marketing
  FROM words
  WHERE marketing IN ('true', 'false') OR personalisation = 'false'
  UNION ALL
  SELECT user_id, decided_at, marketing FROM mart.consent
),

numbered AS (
  SELECT said.*, row_number() OVER (PARTITION BY user_id ORDER BY decided_at DESC, marketing) AS nth FROM said
)

SELECT user_id, marketing, decided_at
FROM numbered
WHERE nth = 1
ORDER BY user_id
