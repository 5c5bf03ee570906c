-- extract/clean-stock: stock as of the newest night.
--
-- In: landing.stock; landing.products says which night is the newest, since a night may find no stock at all.
-- Out: one row a variant.
SELECT product_id, variant_id, size, on_hand, extract_date
FROM landing.stock
WHERE extract_date = (SELECT max(extract_date) FROM landing.products)
