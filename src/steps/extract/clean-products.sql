-- extract/clean-products: products as of the newest night.
--
-- In: landing.products.
-- Out: one row a product.
SELECT
  product_id, gender, master_category, sub_category, article_type, base_colour, season, "year", "usage",
  product_display_name, price, list_price, currency, style_id, brand, extract_date
FROM landing.products
WHERE extract_date = (SELECT max(extract_date) FROM landing.products)
