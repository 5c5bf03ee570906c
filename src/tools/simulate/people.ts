/**
 * simulate/people: names and addresses for the shoppers who have an account.
 *
 * In: a demo shop.
 * Out: rows of the shop's `users` table, one a shopper, in order of id.
 * Invariant: nobody here exists; mail goes to example.com, telephone numbers are those set aside for drama.
 */
import { faker as german } from '@faker-js/faker/locale/de'
import { faker as british } from '@faker-js/faker/locale/en_GB'
import { faker as spanish } from '@faker-js/faker/locale/es'
import { faker as french } from '@faker-js/faker/locale/fr'
import { faker as dutch } from '@faker-js/faker/locale/nl'
import { faker as vietnamese } from '@faker-js/faker/locale/vi'
import type { Faker } from '@faker-js/faker'
import { chanceOf, type DemoShop } from './demo-shop.ts'
import type { Shopper } from './shoppers.ts'

export interface Person {
  readonly id: string
  readonly username: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly phone: string
  readonly address: string
  readonly sex: 'female' | 'male'
  /** "YYYY-MM-DD". */
  readonly birthdate: string
}

const LANGUAGES: Readonly<Record<string, Faker>> = {
  de: german,
  fr: french,
  en: british,
  es: spanish,
  nl: dutch,
  vi: vietnamese,
}

/** Number ranges that regulators keep for films. */
const PHONES: Readonly<Record<string, string>> = {
  de: '+49 30 23125',
  fr: '+33 1 99 00 1',
  en: '+44 7700 900',
  es: '+34 900 555',
  nl: '+31 20 555 0',
  vi: '+84 24 5550 0',
}
const AGES = { least: 18, most: 82 }

export function simulatePeople(shop: DemoShop): Person[] {
  for (const language of Object.values(LANGUAGES)) language.seed(shop.seed)
  return shop.shoppers.map((shopper) => personOf(shop, shopper))
}

function personOf(shop: DemoShop, shopper: Shopper): Person {
  const language = shopper.locale.slice(0, 2)
  const faker = LANGUAGES[language] ?? british
  const random = chanceOf(shop, 'person', shopper.userId!)
  const sex = shopper.wardrobe.startsWith('women') ? 'female' : 'male'
  const firstName = faker.person.firstName(sex)
  const lastName = faker.person.lastName(sex)
  const username = `${plain(firstName)}.${plain(lastName)}${shopper.userId}`
  const birthdate = faker.date.birthdate({ mode: 'age', min: AGES.least, max: AGES.most, refDate: shop.nowMs })
  return {
    id: shopper.userId!,
    username,
    first_name: firstName,
    last_name: lastName,
    email: `${username}@example.com`,
    phone: PHONES[language] + String(random.int(1000)).padStart(3, '0'),
    address: `${faker.location.streetAddress()}, ${faker.location.zipCode()} ${faker.location.city()}`,
    sex,
    birthdate: birthdate.toISOString().slice(0, 10),
  }
}

/** Lower case ASCII letters only. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[đĐ]/g, 'd')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase()
}
