/**
 * postgres/numeric: PostgreSQL's binary form of a decimal number: groups of four digits.
 *
 * In: decimal text; bytes.
 * Out: bytes; decimal text.
 * Invariant: every digit and every place survives in both directions.
 */
const GROUP = 4
const NEGATIVE = 0x4000
const NOT_A_NUMBER = 0xc000

/** @param text digits with at most one point and sign, or NaN */
export function numericToBinary(text: string): Buffer {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) ?? ['', '', 'NaN']
  if (whole === 'NaN') return header(0, 0, NOT_A_NUMBER, 0)
  const wholeDigits = whole.replace(/^0+/, '')
  const paddedWhole = wholeDigits.padStart(Math.ceil(wholeDigits.length / GROUP) * GROUP, '0')
  const paddedFraction = fraction.padEnd(Math.ceil(fraction.length / GROUP) * GROUP, '0')
  const groups = (paddedWhole + paddedFraction).match(/\d{4}/g)?.map(Number) ?? []
  let weight = paddedWhole.length / GROUP - 1
  while (groups[0] === 0) {
    groups.shift()
    weight--
  }
  while (groups.at(-1) === 0) groups.pop()
  const isZero = groups.length === 0
  const bytes = Buffer.alloc(groups.length * 2)
  groups.forEach((group, index) => bytes.writeInt16BE(group, index * 2))
  const head = header(groups.length, isZero ? 0 : weight, sign === '' || isZero ? 0 : NEGATIVE, fraction.length)
  return Buffer.concat([head, bytes])
}

export function numericFromBinary(bytes: Buffer): string {
  const count = bytes.readInt16BE(0)
  const weight = bytes.readInt16BE(2)
  const sign = bytes.readUInt16BE(4)
  const places = bytes.readInt16BE(6)
  if (sign === NOT_A_NUMBER) return 'NaN'
  const group = (index: number): string =>
    String(index >= 0 && index < count ? bytes.readInt16BE(8 + index * 2) : 0).padStart(GROUP, '0')
  let whole = ''
  for (let index = 0; index <= weight; index++) whole += group(index)
  let fraction = ''
  for (let index = weight + 1; fraction.length < places; index++) fraction += group(index)
  const text = `${whole.replace(/^0+(?=\d)/, '') || '0'}${places > 0 ? `.${fraction.slice(0, places)}` : ''}`
  return sign === NEGATIVE ? `-${text}` : text
}

function header(count: number, weight: number, sign: number, places: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeInt16BE(count, 0)
  bytes.writeInt16BE(weight, 2)
  bytes.writeUInt16BE(sign, 4)
  bytes.writeInt16BE(places, 6)
  return bytes
}
