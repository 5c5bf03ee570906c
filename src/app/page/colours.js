/**
 * page/colours: what the catalogue's colour words look like.
 *
 * In: a colour word such as "Navy Blue".
 * Out: hex colours, and mixtures of two.
 * Invariant: every word has a colour; one that nobody knows is a warm grey.
 */
const PALETTE = {
  black: '#2b2a2c',
  white: '#f4f2ec',
  blue: '#4668a6',
  brown: '#72503a',
  grey: '#8d8e90',
  red: '#b23a35',
  green: '#4d7a55',
  pink: '#d58fa0',
  'navy blue': '#27344f',
  purple: '#6d5287',
  silver: '#b9bcc0',
  yellow: '#d9b64a',
  beige: '#cdb993',
  gold: '#bd9a52',
  maroon: '#662a35',
  orange: '#cf7440',
  olive: '#707443',
  multi: '#a0677c',
  cream: '#e9dfc6',
  steel: '#8b959e',
  charcoal: '#48494d',
  peach: '#e3ab8c',
  'off white': '#ece7da',
  skin: '#d9b295',
  lavender: '#a99bc7',
  'grey melange': '#a7a6a4',
  khaki: '#a3936a',
  magenta: '#a83a72',
  teal: '#2f7474',
  tan: '#b98a5b',
  mustard: '#c4982f',
  bronze: '#8a6a44',
  copper: '#a8653f',
  'turquoise blue': '#4aa3b0',
  rust: '#a14f2f',
  burgundy: '#5f2433',
  metallic: '#9a9da3',
  'coffee brown': '#51382b',
  mauve: '#a9859b',
  rose: '#c77a84',
  nude: '#d8b9a3',
  'sea green': '#5b9a86',
  'mushroom brown': '#8f7b6b',
  taupe: '#8b7d72',
  'lime green': '#9fb548',
  'fluorescent green': '#a9cf3f',
}

export const PAPER = '#f3efe8'
export const CREAM = '#f6efdf'
export const NAVY = '#27344f'
export const BRASS = '#c9ab6c'

/** @param {string | null} word */
export function colourOf(word) {
  return PALETTE[(word ?? '').toLowerCase()] ?? '#a39b90'
}

/** `share` of `b` in `a`, both "#rrggbb". */
export function mix(a, b, share) {
  const channel = (at) => {
    const from = Number.parseInt(a.slice(at, at + 2), 16)
    const to = Number.parseInt(b.slice(at, at + 2), 16)
    return Math.round(from + (to - from) * share)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${channel(1)}${channel(3)}${channel(5)}`
}

/** 0 for black to 1 for white. */
export function lightness(hex) {
  const channel = (at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255
  return 0.299 * channel(1) + 0.587 * channel(3) + 0.114 * channel(5)
}
