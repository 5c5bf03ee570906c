/**
 * simulate/names: what the demo's products are called.
 *
 * In: an article type and chance.
 * Out: a brand of our invention, a describing word, and a name made of both.
 * Invariant: no brand here trades anywhere; a pattern in the name is the pattern in the attributes.
 */
import type { Random } from './random.ts'
import type { ArticleType } from './vocabulary.ts'

const CLOTHES_BRANDS =
  'Alderwick,Brackenfold,Dunlarke,Eskerby,Fennmoor,Garrowmill,Hollinspath,Jorvane,Kestermoor,Larkhem,'
    .concat('Mirrowby,Nettlefen,Orrinvale,Pellowick,Quillhaven,Rushmeer,Saltwhin,Umberlyn,Velloway,Wrenfold')
    .split(',')
const SHOE_BRANDS = 'Cobblemere,Dunlarke,Fellstride,Harrowstep,Kestermoor,Ridgelark,Stridemoor,Welterby'.split(',')
const ACCESSORY_BRANDS = 'Ambrel & Finch,Corvane,Hollinspath,Isling Row,Lanternby,Marrowick,Saltwhin,Tidelark'.split(
  ',',
)
const CARE_BRANDS = 'Bloomwick,Dewmarrow,Larch & Lily,Mossanne,Petalby'.split(',')

/** Words that the drawings know as patterns. */
const PATTERNS = ['Striped', 'Checked', 'Printed', 'Dotted'] as const
const PATTERNED_CATEGORIES: ReadonlySet<string> = new Set([
  'Topwear',
  'Dress',
  'Loungewear and Nightwear',
  'Scarves',
  'Stoles',
  'Saree',
  'Ties',
  'Socks',
  'Apparel Set',
])
const PATTERNED_SHARE = 0.45

const CLOTHES_WORDS = ['Plain', 'Textured', 'Washed', 'Relaxed', 'Slim', 'Everyday', 'Soft', 'Brushed', 'Cropped']
const SHOE_WORDS = ['Everyday', 'Court', 'Trail', 'Studio', 'Woven', 'Suede', 'Harbour', 'City']
const ACCESSORY_WORDS = ['Classic', 'Slim', 'Textured', 'Round', 'Everyday', 'Small', 'Quilted', 'Polished']
const CARE_WORDS = ['Satin', 'Fresh', 'Amber', 'Cedar', 'Citrus', 'Velvet', 'Silk', 'Morning']

/** Types sold in pairs or sets keep their plural. */
const PLURAL =
  /^(.*Shoes|Heels|Flats|Flip Flops|.*Sandals|Jeans|.*Shorts|Trousers|.*Pants|Capris|Leggings|Jeggings|Tights|Stockings|Socks|Briefs|Boxers|Sunglasses|Earrings|Gloves|Cufflinks|Suspenders|Night suits|Booties|Shoe Accessories|Innerwear Vests|Tracksuits)$/
const SINGULAR: Readonly<Record<string, string>> = {
  Tshirts: 'T-shirt',
  Watches: 'Watch',
  Dresses: 'Dress',
  Clutches: 'Clutch',
  Scarves: 'Scarf',
  Nightdress: 'Nightdress',
  'Necklace and Chains': 'Necklace',
}

export interface Style {
  readonly brand: string
  readonly word: string
  readonly pattern: string
}

export function drawStyle(type: ArticleType, random: Random): Style {
  const patterned = PATTERNED_CATEGORIES.has(type.subCategory) && random.chance(PATTERNED_SHARE)
  const word = random.pick(patterned ? PATTERNS : wordsOf(type))
  return { brand: random.pick(brandsOf(type)), word, pattern: patterned ? word.toLowerCase() : 'plain' }
}

/** Such as "Fennmoor Checked Navy Blue Shirt". */
export function productName(style: Style, colour: string, articleType: string): string {
  return `${style.brand} ${style.word} ${colour} ${nounOf(articleType)}`
}

function nounOf(articleType: string): string {
  if (articleType in SINGULAR) return SINGULAR[articleType]
  return PLURAL.test(articleType) ? articleType : articleType.replace(/s$/, '')
}

function brandsOf(type: ArticleType): readonly string[] {
  if (type.masterCategory === 'Footwear') return SHOE_BRANDS
  if (type.masterCategory === 'Personal Care') return CARE_BRANDS
  return type.masterCategory === 'Apparel' ? CLOTHES_BRANDS : ACCESSORY_BRANDS
}

function wordsOf(type: ArticleType): readonly string[] {
  if (type.masterCategory === 'Footwear') return SHOE_WORDS
  if (type.masterCategory === 'Personal Care') return CARE_WORDS
  return type.masterCategory === 'Apparel' ? CLOTHES_WORDS : ACCESSORY_WORDS
}
