/**
 * evaluate/evaluation-page: a report as one page that needs nothing else.
 *
 * In: the report of `evaluate`, and what was measured.
 * Out: HTML with its own style, light and dark, and bars drawn as SVG; no script, no other file.
 * Invariant: every bar stands beside its number, so nothing has to be read off a picture.
 */
import type { EvaluationReport } from './evaluate.ts'
import type { ActFigures, Figures, RankFigures } from './figures.ts'
import { TITLES } from './format-evaluation.ts'
import { PAGE_STYLE } from './page-style.ts'

type Rows = readonly (readonly [string, Figures])[]

export function evaluationPage(report: EvaluationReport, dataTitle: string): string {
  const parts = (['static', 'live'] as const).flatMap((protocol) => {
    const rows = Object.entries(report[protocol] ?? {})
    return rows.length === 0 ? [] : [protocolPart(TITLES[protocol], rows)]
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Hemline evaluation: ${escaped(dataTitle)}</title><style>${PAGE_STYLE}</style></head>
<body><main><header><p class="brand">Hemline</p><h1>Is the next product in the list?</h1>
<p>${escaped(dataTitle)}</p></header>
${parts.join('\n')}
<footer>P@20: share of cases in which what came next is among 20 suggestions. MRR@20: mean of 1 / place, 0 past 20.
Made by <code>hemline evaluate --report</code>.</footer></main></body></html>
`
}

function protocolPart(title: string, rows: Rows): string {
  const pairs = rows[0][1].pairs.toLocaleString('en')
  return `<h2>${title}</h2><p class="note">${pairs} predictions</p>
<div class="cards">${tiles(rows)}</div>
${barsBlock('Next product', rows, [
  ['P@20', (row) => row.p20],
  ['MRR@20', (row) => row.mrr20],
  ['hit@5', (row) => row.hit5],
])}
${actBlock('Put in the cart', rows, 'cart')}${actBlock('Bought', rows, 'purchase')}
<div class="two">${groupBlock('P@20 by clicks of the session so far', rows, 'afterClicks')}
${groupBlock('P@20 by clicks the next product has had', rows, 'nextHadClicks')}</div>
${listBlock(rows)}`
}

/** The first contender in large figures, with its distance to the best of the others. */
function tiles(rows: Rows): string {
  const [name, first] = rows[0]
  const others = rows.slice(1)
  const tile = (label: string, value: number, best: number | null): string => {
    const ahead =
      best === null
        ? ''
        : `<small>${value >= best ? '+' : '−'}${Math.abs(value - best).toFixed(1)} against the next best</small>`
    return `<div class="tile"><span>${label}</span><b>${value.toFixed(1)}<i>%</i></b>${ahead}</div>`
  }
  const best = (of: (row: Figures) => number): number | null =>
    others.length === 0 ? null : Math.max(...others.map(([, row]) => of(row)))
  return [
    tile(
      `${name}: P@20`,
      first.p20,
      best((row) => row.p20),
    ),
    tile(
      'MRR@20',
      first.mrr20,
      best((row) => row.mrr20),
    ),
    `<div class="tile"><span>a list takes</span><b>${first.p50Ms.toFixed(2)}<i>ms</i></b><small>99 %: ${first.p99Ms.toFixed(2)} ms</small></div>`,
    `<div class="tile"><span>an event takes</span><b>${first.ingestUs.toFixed(0)}<i>µs</i></b><small>to learn</small></div>`,
  ].join('')
}

type Measure = readonly [string, (row: Figures) => number | undefined]

function barsBlock(title: string, rows: Rows, measures: readonly Measure[]): string {
  const largest = Math.max(1, ...rows.flatMap(([, row]) => measures.map(([, of]) => of(row) ?? 0)))
  const head = measures.map(([name]) => `<th>${name}, %</th>`).join('')
  const body = rows
    .map(([name, row], place) => {
      const cells = measures.map(([, of]) => `<td>${bar(of(row), largest, place === 0)}</td>`).join('')
      return `<tr><th>${escaped(name)}</th>${cells}</tr>`
    })
    .join('')
  return `<section><h3>${title}</h3><table><thead><tr><th></th>${head}</tr></thead><tbody>${body}</tbody></table></section>`
}

const BAR_WIDTH = 100

function bar(value: number | undefined, largest: number, isFirst: boolean): string {
  if (value === undefined) return ''
  const width = Math.max(0.5, (BAR_WIDTH * value) / largest)
  return `<span class="bar"><svg viewBox="0 0 ${BAR_WIDTH} 8" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="${BAR_WIDTH}" height="8"/><rect class="${isFirst ? 'ours' : 'other'}" width="${width.toFixed(1)}" height="8"/></svg><b>${value.toFixed(2)}</b></span>`
}

function actBlock(title: string, rows: Rows, act: 'cart' | 'purchase'): string {
  const figures = rows[0][1][act]
  if (figures === undefined) return ''
  const of = (read: (figures: ActFigures) => number) => (row: Figures) => {
    const own = row[act]
    return own === undefined ? undefined : read(own)
  }
  const { justBefore, beforeFirstSeen } = figures
  return barsBlock(
    `${title}: ${justBefore.pairs} times, ${beforeFirstSeen.pairs} of them with a list before it was first seen`,
    rows,
    [
      ['on the list just before: P@20', of((own) => own.justBefore.p20)],
      ['MRR@20', of((own) => own.justBefore.mrr20)],
      ['before it was first seen: P@20', of((own) => own.beforeFirstSeen.p20)],
    ],
  )
}

function groupBlock(title: string, rows: Rows, key: 'afterClicks' | 'nextHadClicks'): string {
  const groups = rows[0][1][key]
  const names = Object.keys(groups)
  const value = (figures: RankFigures | undefined): string =>
    `<td>${figures === undefined ? '' : figures.p20.toFixed(1)}</td>`
  const body = rows
    .map(([name, row]) => `<tr><th>${escaped(name)}</th>${names.map((group) => value(row[key][group])).join('')}</tr>`)
    .join('')
  const counts = names.map((name) => `<td>${(groups[name]?.pairs ?? 0).toLocaleString('en')}</td>`).join('')
  return `<section><h3>${title}</h3>${columns(names, rows[0][1][key])}<table class="numbers"><thead><tr><th>clicks</th>${names
    .map((name) => `<th>${name}</th>`)
    .join('')}</tr></thead><tbody>${body}<tr class="count"><th>predictions</th>${counts}</tr></tbody></table></section>`
}

const CHART_HEIGHT = 90
const COLUMN_WIDTH = 60

function columns(names: readonly string[], groups: Readonly<Record<string, RankFigures>>): string {
  const bars = names.map((name, place) => {
    const value = groups[name]?.p20 ?? 0
    const height = (CHART_HEIGHT * value) / 100
    const left = place * COLUMN_WIDTH + 8
    return `<rect class="ours" x="${left}" y="${(CHART_HEIGHT - height + 14).toFixed(1)}" width="${COLUMN_WIDTH - 16}" height="${height.toFixed(1)}" rx="2"/><text x="${left + COLUMN_WIDTH / 2 - 8}" y="${(CHART_HEIGHT - height + 10).toFixed(1)}">${value.toFixed(0)}</text><text class="axis" x="${left + COLUMN_WIDTH / 2 - 8}" y="${CHART_HEIGHT + 28}">${name}</text>`
  })
  const width = Math.max(1, names.length) * COLUMN_WIDTH
  return `<svg class="chart" viewBox="0 0 ${width} ${CHART_HEIGHT + 34}" role="img" aria-label="P@20 of the first contender by group">${bars.join('')}<line x1="0" x2="${width}" y1="${CHART_HEIGHT + 14}" y2="${CHART_HEIGHT + 14}"/></svg>`
}

function listBlock(rows: Rows): string {
  const body = rows
    .map(
      ([name, row]) =>
        `<tr><th>${escaped(name)}</th>${[row.coverage, row.overlap, row.novelty, row.newShare].map((value) => `<td>${value.toFixed(1)}</td>`).join('')}</tr>`,
    )
    .join('')
  return `<section><h3>What the lists are like</h3><table class="numbers"><thead><tr><th></th><th>products shown at all, %</th>
<th>shared with another shopper's list, %</th><th>novelty, bits</th><th>places for new products, %</th></tr></thead><tbody>${body}</tbody></table>
<p class="note">New: fewer than 5 clicks so far. Novelty: mean of −log2 of a product's share of clicks; more is rarer.</p></section>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
