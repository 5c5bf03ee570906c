import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HemlineError } from '../../../src/std/errors.ts'
import { popularity, randomOfSubCategory } from '../../../src/tools/evaluate/baselines.ts'
import { evaluate } from '../../../src/tools/evaluate/evaluate.ts'
import { countSuggestion, createTally, figuresOf } from '../../../src/tools/evaluate/figures.ts'
import { evaluationPage } from '../../../src/tools/evaluate/evaluation-page.ts'
import { formatEvaluation } from '../../../src/tools/evaluate/format-evaluation.ts'
import { readSessions } from '../../../src/tools/evaluate/session-files.ts'

let folder = ''
let clockNs = 0n
const nowNs = (): bigint => (clockNs += 1000n)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-evaluate-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  const text = `${lines.join('\n')}\n`
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

/** Shoppers who view 1 then 2 always view 3 next; 9 is popular and says nothing. */
const TRAIN = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? '1 2 3' : `9 ${i + 10} 9`))

async function failureOf(input: {
  readonly test?: string
  readonly train?: string
  readonly live?: boolean
  readonly catalog?: string
}): Promise<string> {
  const train = file('train.txt', TRAIN)
  try {
    await evaluate({ train, test: 'absent', nowNs, ...input })
  } catch (error) {
    if (error instanceof HemlineError) return error.message
    throw error
  }
  return 'nothing thrown'
}

describe('evaluate', () => {
  test('learns from train, freezes, and predicts every pair', async () => {
    const train = file('train.txt.gz', TRAIN)
    const testFile = file('test.txt', ['1 2\t3', '1 2\t3', '1 2\t77'])
    const report = await evaluate({ train, test: testFile, nowNs })
    expect(Object.keys(report)).toEqual(['static'])
    expect(Object.keys(report.static ?? {})).toEqual(['ours', 'vs-knn', 'item-item', 'popularity'])
    expect(report.static?.ours).toMatchObject({ p20: 66.667, hit5: 66.667, pairs: 3, p50Ms: 0.001, p99Ms: 0.001 })
    expect(report.static?.ours?.mrr20).toBeGreaterThan(60)
    expect(Object.keys(report.static?.ours ?? {})).toEqual([
      'p20',
      'mrr20',
      'hit5',
      'p50Ms',
      'p99Ms',
      'ingestUs',
      'pairs',
      'coverage',
      'overlap',
      'novelty',
      'newShare',
      'afterClicks',
      'nextHadClicks',
    ])
    expect(report.static?.ours?.afterClicks).toEqual({ 2: { p20: 66.667, mrr20: 66.667, hit5: 66.667, pairs: 3 } })
    expect(report.static?.ours?.nextHadClicks).toMatchObject({
      0: { p20: 0, pairs: 1 },
      '20-99': { p20: 100, pairs: 2 },
    })
  })

  test('live predicts from the third event on, in time order, and learns what it saw', async () => {
    const train = file('train.txt', TRAIN)
    // 50 is new: the first session teaches that it follows "1 2", so the second can be foreseen.
    const testFile = file('test.txt', ['1:900 2:910 50:920', '1:100 2:110 50:120'])
    const report = await evaluate({ train, test: testFile, live: true, nowNs, only: ['ours', 'vs-knn'] })
    expect(report.live?.ours).toMatchObject({ pairs: 2, p20: 50 })
    expect(report.live?.['vs-knn']).toMatchObject({ pairs: 2, p20: 50 })
  })

  test('a long pause inside a session of the file does not end it', async () => {
    const train = file('train.txt', TRAIN)
    const testFile = file('test.txt', ['1:100 2:90000 3:900000'])
    const report = await evaluate({ train, test: testFile, live: true, nowNs, only: ['ours'] })
    expect(report.live?.ours).toMatchObject({ pairs: 1, p20: 100 })
  })

  test('draws at random from the sub-category where a catalogue is given', async () => {
    const train = file('train.txt', TRAIN)
    const testFile = file('test.txt', ['1 2\t3', '1 2\t9'])
    const catalog = file('catalogue.csv', [
      'id,gender,masterCategory,subCategory,articleType,productDisplayName',
      '1,Men,Apparel,Topwear,Tshirts,A',
      '2,Men,Apparel,Topwear,Tshirts,Name, with "commas"',
      '3,Men,Apparel,Topwear,Tshirts,C',
      '9,Men,Footwear,Shoes,Casual Shoes,D',
    ])
    const report = await evaluate({ train, test: testFile, catalog, nowNs, only: ['random-sub-category'] })
    expect(report.static?.['random-sub-category']).toMatchObject({ p20: 50, pairs: 2 })
  })

  test('names the file and the line that cannot be read', async () => {
    expect(await failureOf({})).toContain('HEM_FILE_UNREADABLE file "absent"')
    expect(await failureOf({ test: file('bad.txt', ['1 2\t3', 'no tab']) })).toContain('bad.txt" line 2')
    expect(await failureOf({ test: file('untimed.txt', ['1 2 3']), live: true })).toContain('line 1')
    const swapped = await failureOf({ train: file('pairs.txt', ['1 2\t3']), test: file('t.txt', ['1\t2']) })
    expect(swapped).toContain('pairs.txt" line 1')
    expect(swapped).toContain('"id id<TAB>next id"')
    expect(await failureOf({ test: file('empty.txt', ['']) })).toContain('at least one line')
    expect(await failureOf({ test: file('t.txt', ['1\t2']), catalog: file('c.csv', ['a,b']) })).toContain('column "id')
  })

  test('takes the newest fifth of a clothing shop session by session, from the second click on', async () => {
    const header =
      'year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);colour;location;model photography;price;price 2;page'
    const rows = Array.from({ length: 40 }, (_, session) =>
      ['A1', 'A2', 'A3'].map((model, at) => `2008;4;1;${at + 1};29;${session + 1};1;${model};1;5;1;28;2;1`),
    ).flat()
    const events = file('clothing.csv', [header, ...rows])
    const report = await evaluate({ events, form: 'uci-clothing', nowNs, only: ['ours'] })
    expect(report.live?.ours).toMatchObject({ pairs: 16, p20: 100 })
    expect(Object.keys(report.live?.ours?.afterClicks ?? {})).toEqual(['1', '2'])
  })

  test('foresees what is put in the cart and bought, also before it was first seen', async () => {
    const rows: string[] = []
    for (let visitor = 0; visitor < 40; visitor++) {
      const at = 1_441_852_593 + visitor * 100
      const acts = [
        ['view', 1],
        ['view', 2],
        ['addtocart', 2],
        ['transaction', 2],
      ] as const
      for (const [place, [act, item]] of acts.entries()) rows.push(`${at + place}\t${visitor}\t${act}\t${item}\t7`)
    }
    const events = file('typed.tsv', ['time_s\tvisitor\tevent\titem\tcategory', ...rows])
    const report = await evaluate({ events, form: 'retailrocket', nowNs, only: ['ours', 'popularity'] })
    const once = { p20: 100, pairs: 8 }
    expect(report.live?.ours).toMatchObject({ pairs: 8, cart: { justBefore: once, beforeFirstSeen: once } })
    expect(report.live?.ours?.purchase?.beforeFirstSeen).toMatchObject(once)
    expect(report.live?.popularity?.cart?.justBefore).toMatchObject(once)
  })

  test('reports progress for each contender', async () => {
    const labels = new Set<string>()
    const testFile = file('test.txt', ['1 2\t3'])
    const onProgress = (progress: { readonly label: string }): void => void labels.add(progress.label)
    await evaluate({ train: file('train.txt', TRAIN), test: testFile, nowNs, only: ['popularity'], onProgress })
    expect([...labels]).toEqual(['popularity: learning', 'popularity: predicting'])
  })
})

describe('figures', () => {
  test('count the place of what came next', () => {
    const tally = createTally()
    const suggestions = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const next of ['a', 'b', 'f', 'z'])
      countSuggestion(tally, { suggestions, next, tookNs: 2e6, sessionClicks: 2, nextClicks: 7 })
    const figures = figuresOf(tally)
    expect(figures).toMatchObject({ p20: 75, hit5: 50, p50Ms: 2, p99Ms: 2, pairs: 4 })
    expect(figures.mrr20).toBeCloseTo((100 * (1 + 1 / 2 + 1 / 6)) / 4, 2)
  })

  test('stand in a table, one line a contender', () => {
    const ranks = { p20: 60.741, mrr20: 33.4, hit5: 45.6, pairs: 15132 }
    const lists = { coverage: 61.2, overlap: 0.4, novelty: 13.9, newShare: 8.1 }
    const figures = {
      ...ranks,
      ...lists,
      p50Ms: 0.31,
      p99Ms: 0.9,
      ingestUs: 24.04,
      afterClicks: { '2': ranks },
      nextHadClicks: {},
    }
    const table = formatEvaluation({ static: { ours: figures } })
    expect(table).toMatch(/ours +61\.20 +0\.40 +13\.90 +8\.10/)
    expect(table).toContain('15132 pairs')
    expect(table).toMatch(/ours +60\.74 +33\.40 +45\.60 +0\.310 +0\.900 +24\.0/)
  })
})

test('a report is one page that loads nothing else and says the figures', async () => {
  const report = await evaluate({ train: file('train.txt', TRAIN), test: file('test.txt', ['1 2\t3']), nowNs })
  const page = evaluationPage(report, 'pairs <of> a shop')
  expect(page).not.toMatch(/<script|<link|src=|https?:|url\(/)
  expect(page).toContain('pairs &lt;of&gt; a shop')
  expect(page).toContain('prefers-color-scheme:dark')
  for (const name of ['ours', 'vs-knn', 'popularity']) expect(page).toContain(`<th>${name}</th>`)
  expect(page).toContain('<b>100.00</b>')
})

describe('baselines', () => {
  test('popularity keeps the twenty most frequent as counts grow', () => {
    const contender = popularity()
    for (let i = 0; i < 500; i++) {
      const item = String(Math.floor(30 * ((i * 0.618) % 1) ** 2))
      contender.learn({ session: i, item, timeMs: i, action: 'view' })
    }
    const counts = new Map<string, number>()
    for (let i = 0; i < 500; i++) {
      const item = String(Math.floor(30 * ((i * 0.618) % 1) ** 2))
      counts.set(item, (counts.get(item) ?? 0) + 1)
    }
    const best = [...counts.values()].toSorted((a, b) => b - a).slice(0, 20)
    const top = contender.suggest({ session: -1, items: ['0'] })
    expect(top.map((item) => counts.get(item))).toEqual(best)
  })

  test('random products of a sub-category are different ones', () => {
    const shirts = Array.from({ length: 40 }, (_, i): [string, string] => [`s${i}`, 'Topwear'])
    const drawn = randomOfSubCategory(new Map([...shirts, ['x', 'Shoes']]), 7).suggest({ session: -1, items: ['s1'] })
    expect(drawn).toHaveLength(20)
    expect(new Set(drawn).size).toBe(20)
    expect(drawn).not.toContain('x')
  })
})

test('a session file may be packed or not', () => {
  expect(readSessions(file('a.txt', ['1 2', '3']))).toEqual([['1', '2'], ['3']])
  expect(readSessions(file('a.txt.gz', ['1 2', '3']))).toEqual([['1', '2'], ['3']])
})
