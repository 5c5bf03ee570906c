/**
 * forecast/symmetric: the little linear algebra that seasons and weights need.
 *
 * In: symmetric matrices, row by row in one float64 array.
 * Out: eigenvectors, solutions.
 * Invariant: the same numbers give the same answer, bit for bit.
 */
import { assert } from '../../std/assert.ts'

const SWEEPS_MAXIMUM = 8
/** Of the mean diagonal: what is smaller than this beside it need not be rotated away. */
const OFF_DIAGONAL = 1e-4
const PIVOT_FLOOR = 1e-12

/**
 * Replaces the negative eigenvalues of a symmetric matrix by 0, in place.
 *
 * @param matrix float64[size × size]
 * @source Jacobi's rotations, as in Golub and Van Loan, Matrix Computations, section 8.5
 */
export function clipNegative(matrix: Float64Array, size: number): void {
  const vectors = new Float64Array(size * size)
  for (let i = 0; i < size; i += 1) vectors[i * size + i] = 1
  for (let sweep = 0; sweep < SWEEPS_MAXIMUM; sweep += 1) {
    if (!rotateAll(matrix, vectors, size)) break
  }
  const values = Float64Array.from({ length: size }, (_, i) => Math.max(0, matrix[i * size + i]))
  for (let row = 0; row < size; row += 1) {
    for (let column = row; column < size; column += 1) {
      let sum = 0
      for (let k = 0; k < size; k += 1) sum += vectors[row * size + k] * values[k] * vectors[column * size + k]
      matrix[row * size + column] = sum
      matrix[column * size + row] = sum
    }
  }
}

/** One sweep of rotations; false when nothing was left to rotate. */
function rotateAll(matrix: Float64Array, vectors: Float64Array, size: number): boolean {
  let trace = 0
  for (let i = 0; i < size; i += 1) trace += Math.abs(matrix[i * size + i])
  const least = (OFF_DIAGONAL * trace) / size
  let isRotated = false
  for (let p = 0; p < size; p += 1) {
    for (let q = p + 1; q < size; q += 1) {
      const off = matrix[p * size + q]
      if (Math.abs(off) <= least) continue
      isRotated = true
      const angle = (matrix[q * size + q] - matrix[p * size + p]) / (2 * off)
      const tangent = (angle < 0 ? -1 : 1) / (Math.abs(angle) + Math.hypot(1, angle))
      const cosine = 1 / Math.hypot(1, tangent)
      const turn = { p, q, cosine, sine: tangent * cosine }
      rotateColumns(matrix, size, turn)
      rotateRows(matrix, size, turn)
      rotateColumns(vectors, size, turn)
    }
  }
  return isRotated
}

interface Turn {
  readonly p: number
  readonly q: number
  readonly cosine: number
  readonly sine: number
}

function rotateColumns(matrix: Float64Array, size: number, { p, q, cosine, sine }: Turn): void {
  for (let k = 0; k < size; k += 1) {
    const left = matrix[k * size + p]
    const right = matrix[k * size + q]
    matrix[k * size + p] = cosine * left - sine * right
    matrix[k * size + q] = sine * left + cosine * right
  }
}

function rotateRows(matrix: Float64Array, size: number, { p, q, cosine, sine }: Turn): void {
  for (let k = 0; k < size; k += 1) {
    const upper = matrix[p * size + k]
    const lower = matrix[q * size + k]
    matrix[p * size + k] = cosine * upper - sine * lower
    matrix[q * size + k] = sine * upper + cosine * lower
  }
}

/**
 * Solves `matrix · x = right` for a positive definite matrix, by Cholesky's factors. The matrix is overwritten.
 *
 * @param matrix float64[size × size]
 * @param right float64[size]
 */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length
  assert(matrix.length === size * size, 'the matrix is as high as the right side is long')
  for (let row = 0; row < size; row += 1) {
    const rowAt = row * size
    for (let column = 0; column <= row; column += 1) {
      const columnAt = column * size
      let sum = matrix[rowAt + column]
      for (let k = 0; k < column; k += 1) sum -= matrix[rowAt + k] * matrix[columnAt + k]
      matrix[rowAt + column] = row === column ? Math.sqrt(Math.max(PIVOT_FLOOR, sum)) : sum / matrix[columnAt + column]
    }
  }
  const x = Float64Array.from(right)
  for (let row = 0; row < size; row += 1) {
    for (let k = 0; k < row; k += 1) x[row] -= matrix[row * size + k] * x[k]
    x[row] /= matrix[row * size + row]
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < size; k += 1) x[row] -= matrix[k * size + row] * x[k]
    x[row] /= matrix[row * size + row]
  }
  return x
}
