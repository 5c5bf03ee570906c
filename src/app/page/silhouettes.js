/**
 * page/silhouettes: which drawing stands for which article type.
 *
 * In: an article type such as "Track Pants".
 * Out: the name of a silhouette, and the silhouettes by name.
 * Invariant: every type has one; a gift box stands for what nothing fits.
 */
import { bra, briefs, dress, jacket, kurta, shirt, shorts, skirt, sweater, tee, top, trousers } from './clothes.js'
import {
  backpack,
  belt,
  bottle,
  cap,
  earrings,
  flipFlop,
  formalShoe,
  gift,
  handbag,
  heel,
  lipstick,
  necklace,
  ring,
  sandal,
  saree,
  scarf,
  sneaker,
  sock,
  sunglasses,
  tie,
  wallet,
  watch,
} from './things.js'

export const SILHOUETTES = {
  tee,
  sweater,
  shirt,
  jacket,
  top,
  bra,
  kurta,
  dress,
  skirt,
  trousers,
  shorts,
  briefs,
  sock,
  sneaker,
  formalShoe,
  heel,
  sandal,
  flipFlop,
  watch,
  handbag,
  backpack,
  wallet,
  belt,
  sunglasses,
  bottle,
  lipstick,
  cap,
  necklace,
  earrings,
  ring,
  scarf,
  tie,
  saree,
  gift,
}

const KINDS = [
  [/^(tshirts|lounge tshirts|rompers)$/, 'tee'],
  [/^(shirts)$/, 'shirt'],
  [/sweat|sweater|shrug|nightdress|night suits|tracksuits/, 'sweater'],
  [/jacket|blazer|waistcoat|robe|rain/, 'jacket'],
  [/^(tops|tunics|camisoles|innerwear vests|baby dolls|shapewear|lehenga choli)$/, 'top'],
  [/^bra$/, 'bra'],
  [/kurta|kurti|clothing set/, 'kurta'],
  [/dress|jumpsuit|swimwear/, 'dress'],
  [/skirt/, 'skirt'],
  [/jeans|trousers|pants|capris|leggings|jeggings|tights|stockings|salwar|churidar|patiala/, 'trousers'],
  [/shorts|boxers/, 'shorts'],
  [/briefs|trunk/, 'briefs'],
  [/socks|booties/, 'sock'],
  [/formal shoes/, 'formalShoe'],
  [/heels|flats/, 'heel'],
  [/flip flops/, 'flipFlop'],
  [/sandal/, 'sandal'],
  [/shoes/, 'sneaker'],
  [/watch/, 'watch'],
  [/backpack|rucksack|duffel|trolley/, 'backpack'],
  [/bag|clutch|sleeve/, 'handbag'],
  [/wallet|pouch/, 'wallet'],
  [/belt|suspender/, 'belt'],
  [/sunglasses/, 'sunglasses'],
  [/lip|mascara|kajal|concealer|highlighter/, 'lipstick'],
  [
    /perfume|deodorant|nail|cream|moistur|wash|sunscreen|lotion|toner|foundation|hair|compact|eyeshadow|bottle|mask/,
    'bottle',
  ],
  [/cap|hat|headband/, 'cap'],
  [/necklace|pendant|jewellery/, 'necklace'],
  [/earring/, 'earrings'],
  [/ring|bangle|bracelet|cufflink|wristband/, 'ring'],
  [/scar|stole|muffler|dupatta/, 'scarf'],
  [/tie/, 'tie'],
  [/saree/, 'saree'],
]

/** Which silhouette draws an article type; a gift box where none fits. */
export function kindOf(articleType) {
  const type = (articleType ?? '').toLowerCase()
  return KINDS.find(([words]) => words.test(type))?.[1] ?? 'gift'
}
