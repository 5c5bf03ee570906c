/**
 * report/weekly/charts: small drawings of figures, as SVG that stands in the page.
 *
 * In: numbers.
 * Out: bars of a week, lines of weeks, intervals against a mark, and what a screen reader says of each.
 * Invariant: colours are the page's tokens, so that both themes and paper show them; a state is also a word beside it.
 */
import { escapeHtml } from './words.ts'

const WEEKDAYS = ['M', 'T', 'W', 'T', 'F', 'S', 'S']

/** Bars of seven days; thin marks show the week before. */
export function weekBars(days: readonly number[], before: readonly number[], label: string): string {
  const [width, height, base] = [420, 120, 102]
  const most = Math.max(1, ...days, ...before)
  const step = width / days.length
  const bars = days.map((value, at) => {
    const tall = (Math.max(0, value) / most) * 92
    const earlier = base - (Math.max(0, before[at] ?? 0) / most) * 92
    const x = at * step + step * 0.16
    const wide = step * 0.68
    return `<rect class="bar" x="${f(x)}" y="${f(base - tall)}" width="${f(wide)}" height="${f(tall)}" rx="1.5"/>
      <line class="mark" x1="${f(x - 3)}" x2="${f(x + wide + 3)}" y1="${f(earlier)}" y2="${f(earlier)}"/>
      <text class="axis" x="${f(x + wide / 2)}" y="${base + 14}" text-anchor="middle">${WEEKDAYS[at]}</text>`
  })
  return svg(
    [width, height],
    label,
    `${bars.join('')}<line class="base" x1="0" x2="${width}" y1="${base}" y2="${base}"/>`,
  )
}

/** A line of daily shares; gaps stay gaps. */
export function sparkline(values: readonly (number | null)[], label: string): string {
  const [width, height] = [76, 24]
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return svg([width, height], `${label}: too few days`, '')
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const y = (value: number) => height - 3 - ((value - least) / (most - least || 1)) * (height - 6)
  const x = (at: number) => 2 + (at / (values.length - 1)) * (width - 6)
  let path = ''
  let isDown = false
  values.forEach((value, at) => {
    if (value === null) {
      isDown = false
      return
    }
    path += `${isDown ? 'L' : 'M'}${f(x(at))} ${f(y(value))}`
    isDown = true
  })
  const last = values.findLastIndex((value) => value !== null)
  const dot = `<circle class="dot" cx="${f(x(last))}" cy="${f(y(values[last] ?? 0))}" r="2"/>`
  return svg([width, height], label, `<path class="line" d="${path}"/>${dot}`)
}

/** An interval on a scale of halves and doubles, with 1 in the middle. */
export function interval(
  { ratio, low, high }: { readonly ratio: number; readonly low: number; readonly high: number },
  label: string,
): string {
  const [width, height] = [112, 20]
  const reach = 2
  const x = (value: number) => {
    const log = Math.max(-reach, Math.min(reach, Math.log2(Math.max(value, 1e-6))))
    return width / 2 + (log / reach) * (width / 2 - 6)
  }
  const y = height / 2
  const side = ratio >= 1 ? 'up' : 'down'
  return svg(
    [width, height],
    label,
    `<line class="one" x1="${width / 2}" x2="${width / 2}" y1="2" y2="${height - 2}"/>
     <line class="reach ${side}" x1="${f(x(low))}" x2="${f(x(high))}" y1="${y}" y2="${y}"/>
     <circle class="point ${side}" cx="${f(x(ratio))}" cy="${y}" r="3.6"/>`,
  )
}

/** A forecast with its 80 % band; the broken line is last year. */
export function forecastBand(
  weeks: readonly {
    readonly p10: number
    readonly p50: number
    readonly p90: number
    readonly lastYear: number | null
  }[],
  label: string,
): string {
  const [width, height] = [190, 62]
  const all = weeks.flatMap(({ p10, p90, lastYear }) => (lastYear === null ? [p10, p90] : [p10, p90, lastYear]))
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const x = (at: number) => 3 + (at / Math.max(1, weeks.length - 1)) * (width - 6)
  const y = (value: number) => height - 4 - ((value - least) / (most - least || 1)) * (height - 8)
  const points = (of: (week: (typeof weeks)[number]) => number) =>
    weeks.map((week, at) => `${f(x(at))},${f(y(of(week)))}`)
  const band = [...points(({ p90 }) => p90), ...points(({ p10 }) => p10).toReversed()].join(' ')
  const lastYear = weeks.flatMap((week, at) => (week.lastYear === null ? [] : [`${f(x(at))},${f(y(week.lastYear))}`]))
  return svg(
    [width, height],
    label,
    `<polygon class="band" points="${band}"/><polyline class="before" points="${lastYear.join(' ')}"/>
     <polyline class="line" points="${points(({ p50 }) => p50).join(' ')}"/>`,
  )
}

/** A share of 1 as a thin bar. */
export function shareBar(share: number, label: string): string {
  const width = 96
  const filled = Math.max(1, Math.min(1, share) * width)
  return svg(
    [width, 8],
    label,
    `<rect class="track" width="${width}" height="4" y="2" rx="2"/><rect class="bar" width="${f(filled)}" height="4" y="2" rx="2"/>`,
  )
}

function svg([width, height]: readonly [number, number], label: string, body: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(label)}">${body}</svg>`
}

function f(value: number): string {
  return value.toFixed(1)
}
