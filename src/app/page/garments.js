/**
 * page/garments: draws a product that has no picture.
 *
 * In: a product's article type, colour and name.
 * Out: an SVG element: silhouette, light from the left, pattern from the name, on a ground of its own colour.
 * Invariant: presentation attributes only, so that a policy without inline style draws it too.
 */
import { BRASS, colourOf, CREAM, lightness, mix, NAVY, PAPER } from './colours.js'
import { kindOf, SILHOUETTES } from './silhouettes.js'

const SHADE = '#1d1611'
const LEATHER = '#b08a63'
let drawn = 0

/** @returns {SVGSVGElement} */
export function drawGarment(product) {
  const id = `g${(drawn += 1)}`
  const base = colourOf(product.base_colour)
  const ink = inkOf(base)
  const layers = SILHOUETTES[kindOf(product.article_type)]
  const pattern = patternOf(product.product_display_name ?? '')
  const ground = mix(PAPER, base, lightness(base) > 0.85 ? 0.2 : 0.11)
  const body = layers.map((layer) => drawLayer(layer, { id, base, ink, pattern })).join('')
  const holder = document.createElement('template')
  holder.innerHTML = `<svg viewBox="0 0 100 125" aria-hidden="true" focusable="false">
    <defs>${lightOf(id)}${patternDefs(id, pattern, base)}</defs>
    <rect width="100" height="125" fill="${ground}"/>
    <g transform="translate(6 8.5) scale(.88)">
      <g transform="translate(1.6 2.8)" fill="#4a3826" opacity=".13">${shadowOf(layers)}</g>
      ${body}
    </g></svg>`
  return holder.content.firstElementChild
}

function shadowOf(layers) {
  return layers
    .filter((layer) => layer.line === undefined && layer.fill !== 'inside')
    .map((layer) => `<path d="${layer.d}"${layer.evenOdd ? ' fill-rule="evenodd"' : ''}/>`)
    .join('')
}

function inkOf(base) {
  return lightness(base) > 0.25
    ? { outline: mix(base, SHADE, 0.34), line: SHADE, lineOpacity: 1 }
    : { outline: mix(base, '#000000', 0.35), line: '#ffffff', lineOpacity: 1.3 }
}

function drawLayer(layer, look) {
  if (layer.line !== undefined) return drawLine(layer, look)
  const fill = fillOf(layer, look.base)
  const rule = layer.evenOdd ? ' fill-rule="evenodd"' : ''
  const outline = layer.fill === undefined ? look.ink.outline : mix(fill, SHADE, 0.3)
  const shape = `<path d="${layer.d}" fill="${fill}"${rule}/>`
  const light = layer.fill === 'inside' ? '' : `<path d="${layer.d}" fill="url(#${look.id}-light)"${rule}/>`
  const edge = `<path d="${layer.d}" fill="none" stroke="${outline}" stroke-width="1.1" stroke-linejoin="round"/>`
  if (!layer.pattern || look.pattern === null) return shape + light + edge
  const turned = layer.tilt === undefined ? 'pattern' : layer.tilt < 0 ? 'left' : 'right'
  return `${shape}<path d="${layer.d}" fill="url(#${look.id}-${turned})"/>${light}${edge}`
}

function fillOf(layer, base) {
  switch (layer.fill) {
    case 'inside':
      return mix(base, '#000000', 0.34)
    case 'dark':
      return mix(base, SHADE, 0.6)
    case 'paper':
      return '#f2eee6'
    case 'brass':
      return BRASS
    case 'steel':
      return '#b4b8bd'
    case 'leather':
      return LEATHER
    case 'lens':
      return mix(base, '#232a33', 0.82)
    case 'cap':
      return '#2e2c2e'
    default:
      return layer.collar ? mix(base, '#ffffff', 0.08) : base
  }
}

const LINES = {
  seam: { width: 1, opacity: 0.3 },
  fold: { width: 1.7, opacity: 0.15 },
  stitch: { width: 0.8, opacity: 0.34, dash: '1.6 1.4' },
  button: { width: 2.4, opacity: 0.5, colour: '#fffaf0' },
  lace: { width: 1.8, opacity: 0.95, colour: '#f5f1e9' },
  dark: { width: 1.6, opacity: 0.9, colour: '#2e2c2e' },
  brass: { width: 2, opacity: 1, colour: BRASS },
  rivet: { width: 4.5, opacity: 1, colour: BRASS },
}

function drawLine(layer, { base, ink }) {
  if (layer.line === 'strap' || layer.line === 'chain') {
    const width = layer.line === 'strap' ? 4.4 : 1.6
    const edge = `<path d="${layer.d}" fill="none" stroke="${ink.outline}" stroke-width="${width + 1.4}" stroke-linecap="round"/>`
    return `${edge}<path d="${layer.d}" fill="none" stroke="${base}" stroke-width="${width}" stroke-linecap="round"/>`
  }
  const { width, opacity, colour: named = ink.line, dash } = LINES[layer.line]
  const colour = layer.line === 'lace' && lightness(base) > 0.8 ? mix(base, SHADE, 0.3) : named
  const dashes = dash === undefined ? '' : ` stroke-dasharray="${dash}"`
  const strength = colour === ink.line ? Math.min(1, opacity * ink.lineOpacity) : opacity
  return `<path d="${layer.d}" fill="none" stroke="${colour}" stroke-opacity="${strength}" stroke-width="${width}" stroke-linecap="round"${dashes}/>`
}

/** White from the left at 30 %, brown-black on the right. */
function lightOf(id) {
  return `<linearGradient id="${id}-light" gradientUnits="userSpaceOnUse" x1="8" y1="20" x2="94" y2="84">
    <stop offset="0" stop-color="#fff" stop-opacity=".04"/><stop offset=".3" stop-color="#fff" stop-opacity=".2"/>
    <stop offset=".55" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="${SHADE}" stop-opacity=".24"/>
  </linearGradient>`
}

const PATTERNS = [
  [/strip/i, 'stripe'],
  [/check|plaid/i, 'check'],
  [/dot|polka/i, 'dot'],
  [/print|floral|graphic/i, 'print'],
]

function patternOf(name) {
  return PATTERNS.find(([word]) => word.test(name))?.[1] ?? null
}

function patternDefs(id, pattern, base) {
  if (pattern === null) return ''
  const ink = mix(base, lightness(base) > 0.55 ? NAVY : CREAM, 0.62)
  const soft = mix(base, lightness(base) > 0.55 ? NAVY : CREAM, 0.3)
  const tile = {
    stripe: [8, `<rect width="8" height="2.8" fill="${ink}"/>`],
    check: [
      13,
      `<rect width="4.6" height="13" fill="${soft}"/><rect width="13" height="4.6" fill="${soft}" fill-opacity=".75"/><rect width="4.6" height="4.6" fill="${ink}" fill-opacity=".75"/>`,
    ],
    dot: [9, `<circle cx="2.5" cy="2.5" r="1.5" fill="${ink}"/><circle cx="7" cy="7" r="1.5" fill="${ink}"/>`],
    print: [
      22,
      `<g fill="${ink}"><path d="${FLOWER}" transform="translate(6 6)"/><path d="${FLOWER}" transform="translate(17 16) rotate(30) scale(.8)"/></g>`,
    ],
  }[pattern]
  const [size, content] = tile
  const define = (name, angle) =>
    `<pattern id="${id}-${name}" width="${size}" height="${size}" patternUnits="userSpaceOnUse" patternTransform="rotate(${angle})">${content}</pattern>`
  return define('pattern', 0) + define('left', -13) + define('right', 13)
}

/** Five petals around the origin. */
const FLOWER = Array.from({ length: 5 }, (_, i) => {
  const angle = (i * 2 * Math.PI) / 5 - Math.PI / 2
  const x = (3 * Math.cos(angle)).toFixed(2)
  const y = (3 * Math.sin(angle)).toFixed(2)
  return `M0 0m${x} ${y}m-2 0a2 2 0 1 0 4 0a2 2 0 1 0 -4 0`
}).join('')
