/**
 * simulate/vocabulary: what fashion shops sell, as weights.
 *
 * In: nothing; a table measured on a public catalogue of 44,446 products (counts only, no rows).
 * Out: article types with their weight, price, sizes and shares of gender, usage, season and colour.
 * Invariant: the words are the catalogue's own, so that a real shop and the demo speak alike.
 */
export const GENDERS = ['Men', 'Women', 'Unisex', 'Boys', 'Girls'] as const
export const USAGES = ['Casual', 'Sports', 'Ethnic', 'Formal', 'Smart Casual', 'Party', 'Travel'] as const
export const SEASONS = ['Summer', 'Fall', 'Winter', 'Spring'] as const

/** Colours by falling frequency; the position is the code in `TABLE`. */
export const COLOURS = [
  'Black',
  'White',
  'Blue',
  'Brown',
  'Grey',
  'Red',
  'Green',
  'Pink',
  'Navy Blue',
  'Purple',
  'Silver',
  'Yellow',
  'Beige',
  'Gold',
  'Maroon',
  'Orange',
  'Olive',
  'Multi',
  'Cream',
  'Steel',
  'Charcoal',
  'Peach',
  'Off White',
  'Skin',
  'Lavender',
  'Grey Melange',
  'Khaki',
  'Magenta',
  'Teal',
  'Tan',
  'Mustard',
  'Bronze',
  'Copper',
  'Turquoise Blue',
  'Rust',
  'Burgundy',
  'Metallic',
  'Coffee Brown',
  'Mauve',
  'Rose',
  'Nude',
  'Sea Green',
  'Mushroom Brown',
  'Taupe',
  'Lime Green',
  'Fluorescent Green',
] as const

/** How often a colour occurs in the whole catalogue, per ten thousand, in the order of `COLOURS`. */
const COLOUR_WEIGHTS = [
  2190, 1246, 1107, 786, 617, 553, 476, 419, 403, 370, 245, 175, 169, 142, 131, 119, 92, 89, 88, 71, 51, 44, 41, 40, 36,
  33, 31, 29, 27, 26, 22, 21, 19, 16, 15, 10, 10, 7, 7, 6, 5, 5, 4, 2, 1, 1,
]

/**
 * One line an article type: master category | sub category | type | weight | median price, EUR | sizes |
 * gender, usage and season shares in percent | `colour:percent` of its commonest colours.
 * Prices are ours.
 */
const TABLE = `
Apparel|Topwear|Tshirts|7069|18|A|74 16 1 8 1|86 14 0 0 0 0 0|62 35 1 1|1:16 0:15 2:15 4:9 5:9 6:8 8:6 11:5
Apparel|Topwear|Shirts|3217|39|A|88 9 0 2 0|72 0 0 27 1 0 0|42 55 2 1|2:24 1:16 0:9 5:8 9:8 6:8 8:6 4:6
Footwear|Shoes|Casual Shoes|2846|64|S|79 12 8 1 0|99 0 0 0 0 0 0|50 31 15 4|0:31 3:18 1:15 4:7 2:6 8:5 5:5 6:3
Accessories|Watches|Watches|2542|119|O|58 35 6 0 1|96 2 0 1 1 0 0|3 0 97 0|0:39 1:23 10:11 19:6 2:5 4:3 7:2 13:2
Footwear|Shoes|Sports Shoes|2036|79|S|78 20 2 0 0|2 98 0 0 0 0 0|58 36 1 4|1:44 0:27 4:11 2:5 10:4 8:2 5:2 3:1
Apparel|Topwear|Kurtas|1844|38|A|4 95 0 0 0|0 0 100 0 0 0 0|63 37 0 0|2:13 1:12 6:12 0:8 7:7 5:7 3:6 9:5
Apparel|Topwear|Tops|1762|26|A|0 87 0 0 13|96 1 3 0 0 0 0|72 26 1 0|1:15 7:13 0:13 2:10 9:7 6:6 5:5 4:5
Accessories|Bags|Handbags|1757|59|O|0 96 4 0 0|99 0 0 0 0 0 0|57 6 36 1|0:20 3:17 2:7 9:6 5:6 12:5 7:5 6:5
Footwear|Shoes|Heels|1323|62|S|0 100 0 0 0|97 0 1 2 0 0 0|16 4 77 3|0:25 3:15 13:8 2:7 12:7 1:6 10:6 5:5
Accessories|Eyewear|Sunglasses|1073|49|O|56 30 14 0 0|99 1 0 0 0 0 0|3 0 97 0|0:37 3:24 4:6 13:5 9:4 19:4 2:3 6:3
Accessories|Wallets|Wallets|933|34|O|48 50 2 0 0|96 0 0 3 0 0 0|53 12 34 1|0:33 3:30 9:6 5:4 7:4 2:4 6:3 4:2
Footwear|Flip Flops|Flip Flops|915|16|S|54 27 16 2 1|99 1 0 0 0 0 0|51 29 16 4|0:26 2:13 5:12 8:7 3:7 1:7 6:6 7:5
Footwear|Sandal|Sandals|895|45|S|83 0 11 1 4|97 1 0 1 0 0 0|51 31 14 5|0:39 3:27 4:6 2:4 8:3 16:3 5:3 6:2
Apparel|Innerwear|Briefs|849|12|A|66 34 0 0 0|100 0 0 0 0 0 0|81 1 18 0|0:17 1:14 4:11 8:11 2:8 5:6 25:6 7:5
Accessories|Belts|Belts|810|29|O|66 32 1 0 0|83 0 0 17 0 0 0|67 12 19 2|0:40 3:30 5:3 1:3 12:3 9:2 2:2 16:2
Accessories|Bags|Backpacks|722|45|O|8 5 87 0 0|87 11 0 0 0 0 2|49 18 26 6|0:41 2:15 4:10 5:10 8:5 6:4 7:3 16:3
Accessories|Socks|Socks|686|8|O|78 12 10 0 0|73 20 0 6 0 0 0|81 17 2 0|0:27 1:24 4:12 8:9 3:7 2:5 12:2 17:2
Footwear|Shoes|Formal Shoes|637|89|S|100 0 0 0 0|3 0 0 95 1 0 0|44 29 25 3|0:62 3:34 29:2 14:0 37:0 2:0 12:0 42:0
Apparel|Bottomwear|Jeans|609|59|W|55 37 1 5 2|100 0 0 0 0 0 0|59 35 4 2|2:73 0:13 8:8 4:3 1:1 3:0 24:0 7:0
Personal Care|Fragrance|Perfume and Body Mist|608|32|O|54 45 1 0 0|98 0 0 0 0 0 0|0 0 0 100|2:17 0:16 1:14 7:8 6:7 10:6 5:5 3:4
Apparel|Bottomwear|Shorts|545|26|A|71 13 0 10 7|65 35 0 0 0 0 0|64 30 4 1|0:24 2:17 8:12 1:11 4:10 12:4 3:3 7:3
Apparel|Bottomwear|Trousers|530|49|W|81 18 0 1 0|54 0 1 45 0 0 0|54 42 2 2|0:25 4:17 3:12 12:10 8:10 20:6 26:6 16:6
Footwear|Shoes|Flats|500|42|S|0 100 0 0 0|97 0 3 0 0 0 0|18 16 64 3|0:31 3:16 1:7 13:6 10:6 12:4 2:4 5:3
Apparel|Innerwear|Bra|477|28|A|0 100 0 0 0|95 5 0 0 0 0 0|64 4 30 1|0:23 1:20 7:11 9:6 23:5 12:4 5:4 14:3
Apparel|Dress|Dresses|462|54|A|0 84 0 0 16|95 0 0 0 0 4 0|70 27 3 0|0:23 2:14 7:11 1:9 8:6 9:5 5:5 4:4
Apparel|Saree|Sarees|427|69|O|0 100 0 0 0|0 0 100 0 0 0 0|31 68 0 0|17:16 6:15 2:8 9:7 5:7 12:5 0:5 7:5
Accessories|Jewellery|Earrings|417|22|O|0 100 0 0 0|72 0 28 0 0 0 0|47 25 28 0|10:55 13:23 6:5 1:4 5:3 0:2 14:2 9:1
Personal Care|Fragrance|Deodorant|347|8|O|62 37 1 0 0|100 0 0 0 0 0 0|1 0 0 99|0:21 2:15 5:9 1:8 6:7 7:7 4:7 3:5
Personal Care|Nails|Nail Polish|329|9|O|0 100 0 0 0|84 0 0 0 0 0 0|1 0 0 99|7:23 3:12 5:11 9:7 14:5 2:4 1:4 10:4
Personal Care|Lips|Lipstick|315|15|O|0 100 0 0 0|83 0 0 0 0 0 0|3 0 0 97|3:31 7:17 9:15 5:15 14:8 35:2 39:2 21:2
Apparel|Bottomwear|Track Pants|304|34|A|71 28 0 0 0|38 62 0 0 0 0 0|49 48 2 2|0:38 4:24 8:16 2:8 20:3 1:2 18:1 25:1
Accessories|Bags|Clutches|289|38|O|0 100 0 0 0|99 0 1 0 0 0 0|66 7 26 1|0:27 13:9 5:7 9:7 3:6 10:5 4:5 6:4
Apparel|Topwear|Sweatshirts|285|42|A|78 21 0 1 0|88 12 0 0 0 0 0|9 89 1 0|0:24 4:21 2:13 8:8 6:7 9:6 1:6 5:4
Accessories|Headwear|Caps|283|18|O|40 9 50 0 0|73 27 0 0 0 0 0|52 42 5 2|0:28 2:18 5:11 1:10 8:9 4:7 9:4 6:4
Apparel|Topwear|Sweaters|277|49|A|68 32 0 0 0|97 3 0 0 0 0 0|8 87 5 1|4:19 0:18 2:15 8:9 5:8 6:7 9:6 1:5
Apparel|Topwear|Jackets|258|89|A|76 22 0 2 0|70 29 0 0 0 0 0|38 59 3 0|0:35 2:13 8:10 4:8 5:7 1:6 16:4 7:3
Accessories|Ties|Ties|258|24|O|100 0 0 0 0|35 0 0 64 0 0 0|83 17 0 0|0:21 2:18 5:10 14:9 4:9 8:7 9:7 3:4
Apparel|Innerwear|Innerwear Vests|242|14|A|96 0 0 2 2|100 0 0 0 0 0 0|90 1 9 0|1:26 0:17 4:14 5:9 8:7 25:5 6:5 14:3
Apparel|Topwear|Kurtis|234|32|A|1 99 0 0 0|1 0 99 0 0 0 0|66 33 0 0|2:14 6:12 1:9 5:9 0:8 7:8 15:6 18:5
Apparel|Topwear|Tunics|229|34|A|0 100 0 0 0|88 0 12 0 0 0 0|76 24 0 0|2:17 0:14 1:11 7:9 5:7 6:7 9:5 17:4
Apparel|Loungewear and Nightwear|Nightdress|189|29|A|0 100 0 0 0|99 0 0 0 0 0 0|44 0 56 0|7:16 2:13 0:12 1:11 9:5 21:5 5:5 24:5
Apparel|Bottomwear|Leggings|177|19|A|0 86 0 2 12|82 1 17 0 0 0 0|55 38 6 1|0:15 2:11 7:10 9:7 1:7 5:7 6:6 8:5
Accessories|Jewellery|Pendant|176|34|O|5 95 0 0 0|94 0 6 0 0 0 0|60 18 22 0|10:68 13:17 19:5 2:3 1:2 0:1 6:1 9:1
Apparel|Bottomwear|Capris|175|28|A|0 74 0 7 19|71 27 1 0 0 0 0|77 21 3 0|0:29 2:24 7:10 4:10 1:7 8:4 11:3 9:3
Accessories|Jewellery|Necklace and Chains|160|39|O|0 100 0 0 0|96 0 4 0 0 0 0|14 54 32 0|13:21 10:14 2:11 5:8 3:7 0:6 6:5 17:5
Personal Care|Lips|Lip Gloss|144|12|O|0 100 0 0 0|76 0 0 0 0 0 0|1 0 0 99|7:31 3:22 9:14 5:9 14:5 21:4 1:3 39:2
Apparel|Loungewear and Nightwear|Night suits|141|32|A|45 55 0 0 0|100 0 0 0 0 0 0|96 0 4 0|7:16 1:14 0:14 4:11 2:10 8:10 25:6 6:4
Apparel|Innerwear|Trunk|140|16|A|100 0 0 0 0|100 0 0 0 0 0 0|80 1 19 0|0:22 8:14 4:14 1:10 2:9 20:9 25:8 5:4
Apparel|Bottomwear|Skirts|128|36|A|0 81 0 0 19|77 4 9 10 0 0 0|74 25 1 0|2:26 0:17 7:12 4:9 5:6 8:6 1:3 18:3
Accessories|Scarves|Scarves|118|24|O|35 61 4 0 0|100 0 0 0 0 0 0|58 25 17 0|0:17 4:14 2:10 3:8 5:7 1:7 9:6 11:5
Accessories|Jewellery|Ring|118|39|O|22 78 0 0 0|100 0 0 0 0 0 0|74 25 1 0|10:72 19:22 0:3 13:3
Apparel|Topwear|Dupatta|116|19|O|0 100 0 0 0|0 0 100 0 0 0 0|86 13 1 0|6:14 22:10 3:9 2:9 5:7 15:6 18:6 7:5
Accessories|Accessories|Accessory Gift Set|111|45|O|100 0 0 0 0|19 0 0 81 0 0 0|19 44 37 0|9:18 2:16 3:16 0:15 14:13 5:10 8:3 4:3
Accessories|Cufflinks|Cufflinks|106|29|O|100 0 0 0 0|59 0 0 41 0 0 0|79 21 0 0|19:56 0:12 2:9 13:5 32:4 5:4 10:2 7:2
Apparel|Apparel Set|Kurta Sets|94|59|A|0 96 0 4 0|0 0 100 0 0 0 0|49 51 0 0|0:14 2:14 1:11 6:9 9:7 7:6 5:6 15:5
Accessories|Stoles|Stoles|90|22|O|3 97 0 0 0|39 0 61 0 0 0 0|89 4 0 7|2:16 0:16 12:10 4:6 6:6 7:4 22:4 15:4
Accessories|Bags|Duffel Bag|88|55|O|5 8 88 0 0|93 3 0 0 0 0 3|50 15 33 2|0:32 2:15 16:8 4:7 6:7 3:6 12:6 5:5
Personal Care|Makeup|Kajal and Eyeliner|86|11|O|0 100 0 0 0|91 0 0 0 0 0 0|5 0 0 95|0:36 2:17 6:8 9:7 3:6 4:5 16:3 1:2
Accessories|Jewellery|Bangle|85|24|O|16 84 0 0 0|91 0 9 0 0 0 0|58 8 33 1|13:27 19:16 10:15 0:8 1:7 6:6 11:4 5:2
Accessories|Bags|Laptop Bag|81|58|O|21 11 68 0 0|99 0 0 1 0 0 0|51 31 17 1|0:64 3:16 4:4 15:2 8:2 12:2 5:1 7:1
Personal Care|Makeup|Foundation and Primer|76|24|O|0 100 0 0 0|91 0 0 0 0 0 0|11 0 0 89|23:92 12:5 21:3
Footwear|Sandal|Sports Sandals|67|39|S|46 45 9 0 0|96 4 0 0 0 0 0|48 30 13 9|0:46 8:13 4:13 2:6 3:4 7:4 9:3 5:1
Accessories|Jewellery|Bracelet|66|29|O|24 76 0 0 0|98 0 2 0 0 0 0|48 0 52 0|13:38 19:24 10:18 0:9 31:2 9:2 12:2 18:2
Apparel|Loungewear and Nightwear|Lounge Pants|61|29|A|57 43 0 0 0|70 26 3 0 0 0 0|79 8 13 0|0:30 8:15 4:15 2:11 25:7 20:5 17:3 7:3
Accessories|Jewellery|Jewellery Set|58|59|O|0 100 0 0 0|93 0 7 0 0 0 0|34 3 62 0|13:47 1:28 6:7 2:5 17:5 5:2 3:2 14:2
Personal Care|Fragrance|Fragrance Gift Set|57|42|O|54 44 2 0 0|100 0 0 0 0 0 0|0 0 0 100|0:26 1:18 2:11 6:9 7:9 5:7 15:7 14:2
Personal Care|Skin|Face Moisturisers|54|22|O|0 100 0 0 0|76 0 0 0 0 0 0|0 0 0 100|1:48 18:13 6:9 10:7 0:7 13:6 2:2 12:2
Personal Care|Makeup|Highlighter and Blush|53|19|O|0 100 0 0 0|72 0 0 0 0 0 0|0 0 0 100|23:25 7:23 21:15 31:13 3:9 39:6 34:4 38:4
Apparel|Innerwear|Boxers|52|15|A|100 0 0 0 0|100 0 0 0 0 0 0|98 0 2 0|2:25 17:13 1:13 0:13 8:10 4:8 5:8 6:4
Personal Care|Makeup|Compact|49|18|O|0 100 0 0 0|80 0 0 0 0 0 0|10 0 0 90|23:82 12:8 7:4 40:2 13:2 21:2
Personal Care|Lips|Lip Liner|48|9|O|0 100 0 0 0|94 0 0 0 0 0 0|0 0 0 100|3:44 7:15 14:12 5:8 38:4 0:4 9:4 37:2
Accessories|Bags|Mobile Pouch|47|16|O|0 87 13 0 0|98 0 0 0 0 0 2|57 9 32 2|3:19 6:15 0:15 9:9 5:9 4:6 2:6 7:4
Apparel|Topwear|Suspenders|40|22|O|100 0 0 0 0|0 0 0 100 0 0 0|100 0 0 0|0:48 5:12 3:10 2:8 14:8 12:5 18:5 9:2
Apparel|Innerwear|Camisoles|39|16|A|0 100 0 0 0|100 0 0 0 0 0 0|26 3 72 0|1:31 0:23 23:10 7:8 2:8 5:5 14:3 18:3
Accessories|Mufflers|Mufflers|38|22|O|76 21 3 0 0|100 0 0 0 0 0 0|29 71 0 0|2:18 0:16 5:16 4:11 6:5 8:5 1:5 14:5
Apparel|Bottomwear|Patiala|38|24|A|0 100 0 0 0|0 0 100 0 0 0 0|29 71 0 0|17:24 1:16 5:11 7:5 8:5 6:5 12:5 9:5
Accessories|Bags|Messenger Bag|34|55|O|26 0 74 0 0|100 0 0 0 0 0 0|50 15 35 0|0:21 3:18 16:15 2:12 4:9 6:6 1:6 30:3
Apparel|Loungewear and Nightwear|Lounge Shorts|34|22|A|74 26 0 0 0|88 12 0 0 0 0 0|56 0 44 0|0:24 8:21 25:12 5:9 4:9 3:6 9:3 20:3
Apparel|Bottomwear|Jeggings|34|32|A|0 100 0 0 0|100 0 0 0 0 0 0|71 29 0 0|2:50 0:18 8:12 7:6 4:6 5:3 1:3 6:3
Apparel|Bottomwear|Stockings|32|9|A|0 100 0 0 0|100 0 0 0 0 0 0|41 56 0 3|0:59 4:19 12:6 3:6 8:3 9:3 40:3
Apparel|Bottomwear|Salwar|32|26|A|0 84 0 0 16|0 0 100 0 0 0 0|94 6 0 0|6:12 17:12 9:12 15:9 2:9 3:9 14:6 1:6
Apparel|Bottomwear|Churidar|30|22|A|20 77 0 3 0|0 0 100 0 0 0 0|87 13 0 0|1:20 0:17 2:10 27:7 8:7 12:7 5:7 9:3
Apparel|Bottomwear|Tracksuits|29|59|A|97 3 0 0 0|24 76 0 0 0 0 0|38 62 0 0|0:38 8:24 4:14 20:7 2:7 5:3 16:3 1:3
Personal Care|Skin Care|Face Wash and Cleanser|28|12|O|0 100 0 0 0|57 0 0 0 0 0 0|0 0 0 100|1:54 6:14 18:7 13:7 14:4 5:4 2:4 7:4
Personal Care|Makeup|Eyeshadow|28|16|O|0 100 0 0 0|93 0 0 0 0 0 0|0 0 0 100|17:21 6:18 7:11 3:11 2:7 32:7 9:7 31:4
Personal Care|Skin Care|Sunscreen|25|18|O|4 92 4 0 0|60 0 0 0 0 0 0|0 0 0 100|1:44 15:28 11:16 6:8 21:4
Accessories|Shoe Accessories|Shoe Accessories|23|7|O|9 0 91 0 0|13 0 0 0 0 0 0|43 52 4 0|0:43 3:35 1:9 15:9 29:4
Apparel|Loungewear and Nightwear|Bath Robe|20|49|A|0 100 0 0 0|85 0 0 0 0 0 0|5 0 95 0|1:30 7:25 2:20 5:10 22:5 18:5 8:5
Accessories|Gloves|Gloves|20|18|A|35 0 5 30 30|100 0 0 0 0 0 0|75 25 0 0|0:20 1:20 6:15 2:15 7:10 11:10 5:5 4:5
Personal Care|Hair|Hair Colour|19|12|O|0 89 11 0 0|100 0 0 0 0 0 0|0 0 0 100|3:68 0:26 35:5
Apparel|Topwear|Rain Jacket|18|69|A|33 0 67 0 0|39 0 0 0 0 0 0|89 11 0 0|0:39 8:11 3:11 2:11 16:11 37:6 4:6 5:6
Accessories|Bags|Waist Pouch|17|22|O|6 0 94 0 0|100 0 0 0 0 0 0|29 0 71 0|0:29 4:24 16:18 2:12 5:6 6:6 7:6
Apparel|Loungewear and Nightwear|Baby Dolls|16|24|A|0 100 0 0 0|88 0 0 0 0 0 0|19 0 81 0|5:31 0:25 1:12 7:6 2:6 9:6 18:6 8:6
Personal Care|Lips|Lip Care|16|6|O|0 100 0 0 0|44 0 0 0 0 0 0|0 0 0 100|7:31 5:19 3:12 6:12 14:6 18:6 15:6 39:6
Apparel|Dress|Jumpsuit|16|59|A|0 100 0 0 0|100 0 0 0 0 0 0|81 6 12 0|2:19 16:12 0:12 27:6 3:6 15:6 17:6 1:6
Apparel|Topwear|Waistcoat|15|45|A|47 33 0 20 0|93 0 7 0 0 0 0|60 40 0 0|4:27 2:27 5:13 0:7 7:7 1:7 8:7 3:7
Accessories|Accessories|Travel Accessory|15|19|O|0 27 73 0 0|100 0 0 0 0 0 0|80 13 7 0|0:47 2:13 34:7 6:7 5:7 11:7 16:7 9:7
Apparel|Bottomwear|Swimwear|13|35|A|0 77 23 0 0|46 54 0 0 0 0 0|38 38 23 0|0:54 3:15 7:15 2:8 27:8
Sporting Goods|Sports Equipment|Basketballs|13|25|O|0 0 100 0 0|15 85 0 0 0 0 0|62 23 15 0|0:23 3:23 5:15 2:15 4:8 11:8 15:8
Personal Care|Eyes|Mascara|13|14|O|0 100 0 0 0|92 0 0 0 0 0 0|8 0 0 92|0:85 2:8 1:8
Apparel|Topwear|Rompers|12|24|A|0 0 0 50 50|100 0 0 0 0 0 0|100 0 0 0|1:33 6:17 11:17 2:17 7:17
Apparel|Socks|Booties|12|9|O|0 0 0 50 50|100 0 0 0 0 0 0|100 0 0 0|1:33 11:17 2:17 7:17 6:17
`

/** Which sizes a type comes in: letters, waists in inches, European shoe sizes, or one size. */
export type SizeFamily = 'A' | 'W' | 'S' | 'O'

export interface ArticleType {
  readonly masterCategory: string
  readonly subCategory: string
  readonly name: string
  /** Relative frequency. */
  readonly weight: number
  readonly medianPriceMinor: number
  readonly sizes: SizeFamily
  /** Shares in the order of GENDERS, USAGES, SEASONS and COLOURS. */
  readonly genders: readonly number[]
  readonly usages: readonly number[]
  readonly seasons: readonly number[]
  readonly colours: readonly number[]
}

/** Share of a type's products whose colour follows the whole catalogue rather than the type's own colours. */
const ODD_COLOUR_SHARE = 0.15

function readType(line: string): ArticleType {
  const [masterCategory, subCategory, name, weight, price, sizes, genders, usages, seasons, colours] = line.split('|')
  const numbers = (text: string) => text.split(' ').map(Number)
  const own = COLOURS.map(() => 0)
  for (const entry of colours.split(' ')) {
    const [code, percent] = entry.split(':').map(Number)
    own[code] = percent / 100
  }
  return {
    masterCategory,
    subCategory,
    name,
    weight: Number(weight),
    medianPriceMinor: Number(price) * 100,
    sizes: sizes as SizeFamily,
    genders: numbers(genders),
    usages: numbers(usages),
    seasons: numbers(seasons),
    colours: own.map((share, code) => share + (ODD_COLOUR_SHARE * COLOUR_WEIGHTS[code]) / 10_000),
  }
}

export const ARTICLE_TYPES: readonly ArticleType[] = TABLE.trim().split('\n').map(readType)
