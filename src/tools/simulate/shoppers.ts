/**
 * simulate/shoppers: who comes to the demo shop, and what they hide from it.
 *
 * In: a seed and how many.
 * Out: shoppers with an account, and guests, each with tastes, a budget and a diligence.
 * Invariant: shopper n has `user_id` n + 1; nothing here is sent over the wire but ids and locale.
 */
import { seededRandom, type Random } from './random.ts'

export const DEMO_SHOPPERS = 2000
const SHOPPERS_MAXIMUM = 5_000_000

export interface Taste {
  readonly name: string
  readonly colours: readonly string[]
  readonly usages: readonly string[]
  readonly types: readonly string[]
  /** Log price above (or below) the middle of a type. */
  readonly priceLevel: number
}

const list = (text: string) => text.split(',')

/** The hidden tastes. Which of them a shopper has is what a recommender should find out. */
export const TASTES: readonly Taste[] = [
  {
    name: 'quiet office',
    colours: list('Navy Blue,White,Grey,Charcoal'),
    usages: ['Formal', 'Smart Casual'],
    types: list('Shirts,Trousers,Formal Shoes,Ties,Belts,Heels,Laptop Bag'),
    priceLevel: 0.2,
  },
  {
    name: 'weekend blue',
    colours: list('Blue,Navy Blue,White,Turquoise Blue'),
    usages: ['Casual'],
    types: list('Jeans,Tshirts,Casual Shoes,Backpacks,Capris'),
    priceLevel: 0,
  },
  {
    name: 'all in black',
    colours: list('Black,Grey,Charcoal,Steel'),
    usages: ['Casual', 'Party'],
    types: list('Jackets,Tshirts,Sunglasses,Casual Shoes,Dresses,Watches'),
    priceLevel: 0.15,
  },
  {
    name: 'on the track',
    colours: list('White,Red,Grey,Fluorescent Green'),
    usages: ['Sports'],
    types: list('Sports Shoes,Track Pants,Shorts,Tshirts,Socks,Caps'),
    priceLevel: 0,
  },
  {
    name: 'festive',
    colours: list('Gold,Maroon,Green,Magenta,Pink,Orange'),
    usages: ['Ethnic'],
    types: list('Kurtas,Sarees,Kurtis,Dupatta,Earrings,Bangle,Necklace and Chains,Flats'),
    priceLevel: 0.1,
  },
  {
    name: 'earth and leather',
    colours: list('Brown,Tan,Olive,Beige,Khaki,Rust'),
    usages: ['Casual', 'Travel'],
    types: list('Handbags,Belts,Wallets,Sandals,Shirts,Casual Shoes'),
    priceLevel: 0.25,
  },
  {
    name: 'bright and sweet',
    colours: list('Pink,Red,Yellow,Peach,Lavender,Purple'),
    usages: ['Casual', 'Party'],
    types: list('Dresses,Tops,Heels,Handbags,Lipstick,Nail Polish,Clutches'),
    priceLevel: -0.1,
  },
  {
    name: 'bargains',
    colours: list('Grey,Green,Blue,Multi'),
    usages: ['Casual'],
    types: list('Tshirts,Flip Flops,Socks,Briefs,Deodorant,Innerwear Vests'),
    priceLevel: -0.35,
  },
]

/** What a shopper looks for: own clothes, or a child's too. */
export type Wardrobe = 'men' | 'women' | 'men and boys' | 'women and girls'

export interface Shopper {
  /** Null for a guest. */
  readonly userId: string | null
  readonly visitorId: string
  readonly taste: number
  readonly secondTaste: number
  readonly wardrobe: Wardrobe
  readonly budgetLevel: number
  /** Relative number of visits and orders; mean 1. */
  readonly diligence: number
  /** Days before "now" at which the account was opened. */
  readonly joinedDaysAgo: number
  readonly locale: string
}

const LOCALES = ['de-DE', 'de-DE', 'fr-FR', 'fr-FR', 'en-GB', 'en-IE', 'es-ES', 'nl-NL', 'vi-VN'] as const
const PARENT_SHARE = 0.15

/** Shopper `index` of the accounts, 0 or more. */
function shopperAt(seed: number, index: number): Shopper {
  const random = seededRandom(seed, 'shopper', index)
  const joinedDaysAgo = random.chance(0.4) ? 731 : Math.floor(731 * random.next())
  return { ...personality(random), userId: String(index + 1), visitorId: visitorId(random), joinedDaysAgo }
}

/** A visitor without an account; the same number is the same browser. */
export function guestAt(seed: number, index: number): Shopper {
  const random = seededRandom(seed, 'guest', index)
  return { ...personality(random), userId: null, visitorId: visitorId(random), joinedDaysAgo: 0 }
}

export function makeShoppers(seed: number, count: number): Shopper[] {
  return Array.from({ length: Math.min(count, SHOPPERS_MAXIMUM) }, (_, index) => shopperAt(seed, index))
}

function personality(random: Random): Omit<Shopper, 'userId' | 'visitorId' | 'joinedDaysAgo'> {
  const taste = random.int(TASTES.length)
  const parent = random.chance(PARENT_SHARE)
  const woman = random.chance(0.54)
  return {
    taste,
    secondTaste: random.int(TASTES.length),
    wardrobe: woman ? (parent ? 'women and girls' : 'women') : parent ? 'men and boys' : 'men',
    budgetLevel: TASTES[taste].priceLevel + 0.15 * random.normal(),
    diligence: random.gamma(1.2) / 1.2,
    locale: random.pick(LOCALES),
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function visitorId(random: Random): string {
  return `v-${hexOf(random.bits())}${hexOf(random.bits())}`
}

function hexOf(bits: number): string {
  return HEX[bits >>> 24] + HEX[(bits >>> 16) & 0xff] + HEX[(bits >>> 8) & 0xff] + HEX[bits & 0xff]
}
