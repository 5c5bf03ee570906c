/**
 * page/things: silhouettes of shoes, bags and everything else a fashion shop sells, as layers from back to front.
 *
 * In: nothing.
 * Out: one list of layers a thing.
 * Invariant: shoes stand in profile, toes to the right.
 *
 * A layer is { d, fill?, pattern?, line?, tilt? }. `fill` is "base" where absent, or a name that page/garments knows; a
 * layer with `line` is a stroke of that kind; `tilt` turns the pattern.
 */

export const sock = [
  { d: 'M36 16H62V66Q62 74 70 80L82 90Q86 104 72 106Q62 107 52 98L40 86Q36 80 36 72Z', pattern: true },
  { d: 'M36 26H62M42 84Q52 74 62 76M70 105Q72 96 81 92', line: 'seam' },
]

export const sneaker = [
  {
    d: 'M12 80C11 68 13 60 17 52C22 50 28 53 34 58L46 50C54 60 64 67 76 69C86 71 90 76 90 82L88 86H14Z',
    pattern: true,
  },
  { d: 'M34 58Q36 68 30 80M60 65Q58 76 66 82M17 62Q24 64 30 62', line: 'seam' },
  { d: 'M44 53L38 62M50 56L43 65M56 60L49 68', line: 'lace' },
  { d: 'M11 82H91Q93 93 85 93H19Q10 93 11 82Z', fill: 'paper' },
  { d: 'M13 87H91', line: 'stitch' },
]

export const formalShoe = [
  { d: 'M11 80C10 70 13 62 17 54C24 52 30 56 37 60L48 55C56 64 66 70 80 73C89 75 92 80 91 86H12Z' },
  { d: 'M37 60Q38 72 31 85M48 56Q56 70 60 85M66 69Q64 78 70 85', line: 'seam' },
  { d: 'M47 58L41 65M52 62L46 69', line: 'lace' },
  { d: 'M11 85H92Q92 90 88 90H34V95H13Z', fill: 'dark' },
]

export const heel = [
  {
    d: 'M14 48C20 44 27 48 31 57C38 70 54 75 70 78C84 80 92 83 91 88C86 92 66 92 52 87C40 83 32 79 27 77L21 106H17C18 88 17 68 14 48Z',
  },
  { d: 'M17 50C21 48 26 51 29 59C36 72 52 77 68 80C54 80 38 78 28 70C21 64 18 57 17 50Z', fill: 'inside' },
  { d: 'M52 87Q66 92 91 88', line: 'seam' },
]

export const sandal = [
  { d: 'M10 90C12 86 22 86 30 84C42 80 52 76 64 76C80 76 90 82 91 90Q90 94 84 94H16Q10 94 10 90Z', fill: 'leather' },
  { d: 'M18 88C16 70 20 60 28 58C36 62 36 76 34 85Z' },
  { d: 'M52 79C54 66 62 60 70 63C80 68 84 74 84 82C74 76 62 75 52 79Z' },
  { d: 'M20 64Q28 60 36 70M58 68Q68 66 80 76', line: 'stitch' },
]

export const flipFlop = [
  {
    d: 'M30 22C42 20 46 34 44 54C43 74 46 84 44 96C41 108 22 108 21 96C20 82 22 70 18 52C15 34 20 24 30 22Z',
    fill: 'leather',
  },
  {
    d: 'M70 22C58 20 54 34 56 54C57 74 54 84 56 96C59 108 78 108 79 96C80 82 78 70 82 52C85 34 80 24 70 22Z',
    fill: 'leather',
  },
  { d: 'M31 36Q22 48 19 64M31 36Q42 46 44 64M69 36Q78 48 81 64M69 36Q58 46 56 64', line: 'strap' },
]

export const watch = [
  { d: 'M40 12H60L61 44H39ZM39 76H61L60 110H40Z' },
  { d: 'M44 18V40M56 18V40M44 82V106M56 82V106', line: 'stitch' },
  { d: 'M50 38a22 22 0 1 1 -.01 0Z', fill: 'steel' },
  { d: 'M50 42a18 18 0 1 1 -.01 0Z', fill: 'paper' },
  { d: 'M50 46V48M50 72V74M36 60H38M62 60H64', line: 'dark' },
  { d: 'M50 60L44 51M50 60L59 63', line: 'dark' },
  { d: 'M73 57H76V63H73Z', fill: 'steel' },
]

export const handbag = [
  { d: 'M32 54C30 18 70 18 68 54', line: 'strap' },
  { d: 'M22 50H78Q82 78 85 100Q85 106 78 106H22Q15 106 15 100Q18 78 22 50Z', pattern: true },
  { d: 'M20 64Q50 76 80 64M22 50Q20 78 17 102M78 50Q80 78 83 102', line: 'seam' },
  { d: 'M45 66H55V76H45Z', fill: 'brass' },
]

export const backpack = [
  { d: 'M42 20C42 8 58 8 58 20', line: 'strap' },
  { d: 'M22 56C14 62 14 88 19 98M78 56C86 62 86 88 81 98', line: 'strap' },
  { d: 'M50 16C70 16 76 30 77 54V98Q77 108 66 108H34Q23 108 23 98V54C24 30 30 16 50 16Z', pattern: true },
  { d: 'M31 70H69V96Q69 101 64 101H36Q31 101 31 96ZM31 79H69M28 48Q50 54 72 48', line: 'seam' },
  { d: 'M46 84H54', line: 'brass' },
]

export const wallet = [
  { d: 'M18 38H82Q87 38 87 43V85Q87 90 82 90H18Q13 90 13 85V43Q13 38 18 38Z', pattern: true },
  { d: 'M13 52H87M87 58H70Q65 64 70 70H87', line: 'seam' },
  { d: 'M73 64h.1', line: 'rivet' },
  { d: 'M17 42H83V86H17Z', line: 'stitch' },
]

export const belt = [
  {
    d: 'M50 38C78 38 90 50 90 62C90 78 74 86 50 86C26 86 10 78 10 62C10 50 22 38 50 38ZM50 50C34 50 22 55 22 63C22 70 34 74 50 74C66 74 78 70 78 63C78 55 66 50 50 50Z',
    evenOdd: true,
  },
  { d: 'M50 74Q74 78 92 92L88 101Q70 88 50 86Z' },
  { d: 'M38 70H54V91H38ZM42 74V87H50V74Z', fill: 'brass', evenOdd: true },
  { d: 'M66 82h.1M74 87h.1M82 92h.1', line: 'button' },
  { d: 'M14 62C14 50 30 42 50 42C70 42 86 50 86 62', line: 'stitch' },
]

export const sunglasses = [
  {
    d: 'M12 50Q30 44 46 50Q50 48 54 50Q70 44 88 50L86 60Q84 78 70 79Q58 79 54 62Q50 58 46 62Q42 79 30 79Q16 78 14 60Z',
  },
  { d: 'M18 55Q30 50 43 55Q42 74 30 74Q19 74 18 55ZM57 55Q70 50 82 55Q81 74 70 74Q58 74 57 55Z', fill: 'lens' },
]

export const bottle = [
  { d: 'M41 14H59V34H41Z', fill: 'cap' },
  { d: 'M44 34H56V42H44Z', fill: 'brass' },
  { d: 'M34 42H66Q74 44 74 54V98Q74 108 64 108H36Q26 108 26 98V54Q26 44 34 42Z' },
  { d: 'M36 66H64V90H36Z', fill: 'paper' },
  { d: 'M42 74H58M45 81H55', line: 'dark' },
]

export const lipstick = [
  { d: 'M42 22Q52 14 58 26V58H42Z' },
  { d: 'M40 54H60V72H40Z', fill: 'brass' },
  { d: 'M37 70H63V106H37Z', fill: 'cap' },
]

export const cap = [
  { d: 'M17 72C15 42 34 30 50 30C68 30 80 44 80 70C60 64 36 66 17 72Z', pattern: true },
  { d: 'M80 70C92 72 98 78 96 82C78 76 46 76 18 78L17 72C36 66 60 64 80 70Z' },
  { d: 'M50 30Q40 46 40 67M50 30Q66 44 66 66', line: 'seam' },
  { d: 'M50 30h.1', line: 'rivet' },
]

export const necklace = [
  { d: 'M24 18C26 58 40 78 50 82C60 78 74 58 76 18', line: 'chain' },
  { d: 'M50 82C58 92 60 98 50 104C40 98 42 92 50 82Z' },
]

export const earrings = [
  { d: 'M32 30C26 30 26 40 32 40M68 30C62 30 62 40 68 40', line: 'brass' },
  { d: 'M32 42C42 60 44 72 32 80C20 72 22 60 32 42ZM68 42C78 60 80 72 68 80C56 72 58 60 68 42Z' },
  { d: 'M32 82h.1M68 82h.1', line: 'rivet' },
]

export const ring = [
  {
    d: 'M50 46C68 46 78 58 78 74C78 92 66 104 50 104C34 104 22 92 22 74C22 58 32 46 50 46ZM50 54C38 54 30 62 30 74C30 88 38 96 50 96C62 96 70 88 70 74C70 62 62 54 50 54Z',
    evenOdd: true,
  },
  { d: 'M38 34L44 24H56L62 34L50 50Z', fill: 'paper' },
  { d: 'M38 34H62M44 24L50 34L56 24M50 34V50', line: 'seam' },
]

export const scarf = [
  { d: 'M36 40L30 108L48 110L54 50ZM52 48L60 100L76 96L64 40Z', pattern: true, tilt: 8 },
  { d: 'M24 34C24 16 76 16 76 34C76 52 62 56 50 56C38 56 24 52 24 34Z', pattern: true },
  { d: 'M30 34C36 46 64 46 70 34', line: 'seam' },
  {
    d: 'M31 104L30 112M36 104L35 113M41 105L41 113M46 105L46 113M62 97L63 104M67 96L69 103M72 95L74 101',
    line: 'seam',
  },
]

export const tie = [
  { d: 'M43 12H57L60 22L53 30H47L40 22Z' },
  { d: 'M47 30H53L63 92L50 110L37 92Z', pattern: true, tilt: 38 },
  { d: 'M42 20Q50 26 58 20', line: 'seam' },
  { d: 'M50 34L54 96', line: 'fold' },
]

export const saree = [
  { d: 'M30 14C44 10 58 10 70 14L74 108Q50 116 26 108Z', pattern: true },
  { d: 'M70 14C78 40 82 74 84 104L74 108C74 70 66 40 52 16Z', pattern: true, tilt: 13 },
  { d: 'M26 100Q50 108 74 100M36 16Q40 60 36 108M46 14Q50 60 48 110M58 16Q62 60 62 110', line: 'fold' },
  { d: 'M26 104Q50 112 74 104', line: 'brass' },
]

export const gift = [
  { d: 'M20 54H80V104H20Z' },
  { d: 'M15 40H85V56H15Z' },
  { d: 'M45 40H55V104H45Z', fill: 'paper' },
  { d: 'M50 40C34 40 28 24 38 22C46 22 50 34 50 40C50 34 54 22 62 22C72 24 66 40 50 40Z', fill: 'paper' },
]
