import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ARTICLE_TYPES, COLOURS } from '../../../src/tools/simulate/vocabulary.ts'

const folder = join(import.meta.dirname, '../../../src/app/page')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
const html = read('index.html')

/** The page is plain JavaScript for browsers and has no types. */
const load = async (name: string) => (await import(join(folder, name))) as Record<string, never>
const { colourOf } = (await load('colours.js')) as unknown as { colourOf: (word: string | null) => string }
const { kindOf, SILHOUETTES } = (await load('silhouettes.js')) as unknown as {
  kindOf: (type: string | null) => string
  SILHOUETTES: Readonly<Record<string, readonly { readonly d: string }[]>>
}

test('has no script or style in the page itself, and loads nothing from elsewhere', () => {
  expect(html).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\ssrc=)/)
  for (const name of readdirSync(folder)) {
    expect([name, /(?:src|href|from|url\()\s*=?\s*["'(]?https?:/.test(read(name))]).toEqual([name, false])
  }
})

test('every element that a script looks for is in the page', () => {
  const wanted = scripts.flatMap((name) => [...read(name).matchAll(/find\('([\w-]+)'\)/g)].map((match) => match[1]))
  expect(wanted.length).toBeGreaterThan(30)
  expect(wanted.filter((id) => !html.includes(`id="${id}"`))).toEqual([])
})

test('every script and style sheet that is named exists', () => {
  const named = [...html.matchAll(/\/assets\/([\w.-]+)/g)].map((match) => match[1])
  const imported = scripts.flatMap((name) => [...read(name).matchAll(/from '\.\/([\w.-]+)'/g)].map((match) => match[1]))
  expect([...named, ...imported].filter((name) => !readdirSync(folder).includes(name))).toEqual([])
})

test('draws all but a few products of a real catalogue as what they are', () => {
  const weightOf = (types: typeof ARTICLE_TYPES) => types.reduce((sum, type) => sum + type.weight, 0)
  const boxed = ARTICLE_TYPES.filter((type) => kindOf(type.name) === 'gift')
  expect(weightOf(boxed) / weightOf(ARTICLE_TYPES)).toBeLessThan(0.01)
  expect([kindOf('Tshirts'), kindOf('Lounge Pants'), kindOf('Formal Shoes'), kindOf(null)]).toEqual([
    'tee',
    'trousers',
    'formalShoe',
    'gift',
  ])
})

test('every silhouette has paths of whole numbers and letters that SVG knows', () => {
  for (const [name, layers] of Object.entries(SILHOUETTES)) {
    for (const layer of layers) {
      expect([name, /^M[\d\sMLCQAVHZhamlzcq.,-]+$/.test(layer.d), layer.d.includes('NaN')]).toEqual([name, true, false])
    }
  }
})

test('every colour word of a real catalogue has a colour of its own', () => {
  const unknown = colourOf('no such colour')
  expect(COLOURS.filter((word) => colourOf(word) === unknown)).toEqual([])
  expect(colourOf(null)).toBe(unknown)
})
