import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HemlineError } from '../../../src/std/errors.ts'
import { popularity, randomOfSubCategory } from '../../../src/tools/evaluate/baselines.ts'
import { evaluate, type EvaluationInput } from '../../../src/tools/evaluate/evaluate.ts'
import { countSuggestion, createTally, figuresOf } from '../../../src/tools/evaluate/figures.ts'
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

async function failureOf(input: Partial<EvaluationInput>): Promise<string> {
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
    ])
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
    expect(await failureOf({ test: file('empty.txt', ['']) })).toContain('at least one line')
    expect(await failureOf({ test: file('t.txt', ['1\t2']), catalog: file('c.csv', ['a,b']) })).toContain('column "id')
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
    for (const next of ['a', 'b', 'f', 'z']) countSuggestion(tally, { suggestions, next, tookNs: 2e6 })
    const figures = figuresOf(tally)
    expect(figures).toMatchObject({ p20: 75, hit5: 50, p50Ms: 2, p99Ms: 2, pairs: 4 })
    expect(figures.mrr20).toBeCloseTo((100 * (1 + 1 / 2 + 1 / 6)) / 4, 2)
  })

  test('stand in a table, one line a contender', () => {
    const figures = { p20: 60.741, mrr20: 33.4, hit5: 45.6, p50Ms: 0.31, p99Ms: 0.9, ingestUs: 24.04, pairs: 15132 }
    const table = formatEvaluation({ static: { ours: figures } })
    expect(table.split('\n')).toHaveLength(3)
    expect(table).toContain('15132 pairs')
    expect(table).toMatch(/ours +60\.74 +33\.40 +45\.60 +0\.310 +0\.900 +24\.0/)
  })
})

describe('baselines', () => {
  test('popularity keeps the twenty most frequent as counts grow', () => {
    const contender = popularity()
    for (let i = 0; i < 500; i++) {
      contender.learn({ session: i, item: String(Math.floor(30 * ((i * 0.618) % 1) ** 2)), timeMs: i })
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
