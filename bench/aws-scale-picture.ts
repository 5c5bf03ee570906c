/**
 * aws-scale-picture: lag minute by minute as a drawing, one line a rate.
 *
 * In: outcomes of the model.
 * Out: SVG text; seconds on a logarithmic axis.
 * Invariant: readable without colour: each line has its own dashes and its name at its end.
 */
import { HAPPENS, MINUTES, type Outcome } from './aws-scale-model.ts'

const WIDTH = 860
const HEIGHT = 360
const LEFT = 56
const RIGHT = 130
const TOP = 34
const BOTTOM = 44
const LOW_SECONDS = 0.3
const HIGH_SECONDS = 2000
const LINES = [
  { colour: '#2a6f97', dashes: 'none' },
  { colour: '#c05621', dashes: '6 3' },
  { colour: '#276749', dashes: '2 3' },
] as const
const TICKS = [1, 10, 60, 600] as const

export function pictureOf(outcomes: readonly Outcome[]): string {
  const x = (minute: number) => LEFT + (minute / MINUTES) * (WIDTH - LEFT - RIGHT)
  const y = (seconds: number) => {
    const share = Math.log(Math.max(LOW_SECONDS, seconds) / LOW_SECONDS) / Math.log(HIGH_SECONDS / LOW_SECONDS)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
  }
  const bottom = HEIGHT - BOTTOM
  const marks = [
    [HAPPENS.splitMinute, 'a shard is split'],
    [HAPPENS.poisonMinute, 'a poison record'],
  ] as const
  const down = { from: x(HAPPENS.outageFrom), to: x(HAPPENS.outageTo) }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>Oldest lag in each minute from the stream to the serving table, whether written or waiting</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<rect x="${n(down.from)}" y="${TOP}" width="${n(down.to - down.from)}" height="${bottom - TOP}" fill="#eee"/>`,
    `<text x="${n(down.from)}" y="${TOP - 8}">DynamoDB away</text>`,
    ...marks.flatMap(([minute, text]) => [
      `<line x1="${n(x(minute))}" x2="${n(x(minute))}" y1="${TOP}" y2="${bottom}" stroke="#999" stroke-dasharray="3 3"/>`,
      `<text x="${n(x(minute))}" y="${TOP - 8}" text-anchor="middle">${text}</text>`,
    ]),
    ...TICKS.flatMap((seconds) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${n(y(seconds))}" y2="${n(y(seconds))}" stroke="#ddd"/>`,
      `<text x="${LEFT - 6}" y="${n(y(seconds) + 4)}" text-anchor="end">${seconds < 60 ? `${seconds} s` : `${seconds / 60} min`}</text>`,
    ]),
    ...[0, 15, 30, 45, 60, 75, 90].map(
      (minute) => `<text x="${n(x(minute))}" y="${bottom + 18}" text-anchor="middle">${minute}</text>`,
    ),
    `<text x="${n((LEFT + WIDTH - RIGHT) / 2)}" y="${HEIGHT - 8}" text-anchor="middle">minutes</text>`,
    ...outcomes.flatMap((outcome, nth) => lineOf(outcome, LINES[nth % LINES.length], { x, y, nth })),
    '</svg>',
    '',
  ].join('\n')
}

interface Axes {
  readonly x: (minute: number) => number
  readonly y: (seconds: number) => number
  readonly nth: number
}

function lineOf(outcome: Outcome, { colour, dashes }: (typeof LINES)[number], { x, y, nth }: Axes): string[] {
  const points = outcome.lagByMinute.flatMap((lag, minute) => (lag > 0 ? [`${n(x(minute + 0.5))},${n(y(lag))}`] : []))
  const name = `${outcome.eventsPerSecond.toLocaleString('en')} events/s`
  const at = TOP + 16 + nth * 18
  return [
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>`,
    `<line x1="${WIDTH - RIGHT + 8}" x2="${WIDTH - RIGHT + 30}" y1="${at - 4}" y2="${at - 4}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>`,
    `<text x="${WIDTH - RIGHT + 34}" y="${at}">${name}</text>`,
  ]
}

function n(value: number): string {
  return value.toFixed(1)
}
