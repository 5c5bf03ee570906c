/**
 * refine/transform: a transform in a .sql file, made ready to run.
 *
 * In: a file beside this one, a SELECT for each table it reads, and values for its parameters.
 * Out: one SELECT.
 * Invariant: values are quoted; a table or parameter that is not given is an error of ours, never an empty text.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { assert } from '../../std/assert.ts'

export interface TransformInput {
  /** `zone.table` to a SELECT of its rows. */
  readonly tables: Readonly<Record<string, string>>
  /** Parameters without their colon, as text. */
  readonly values: Readonly<Record<string, string>>
}

const TABLE = /\b(?:landing|clean|mart)\.[a-z_]+\b/g
const PARAMETER = /(?<![:\w]):([a-z_]+)\b/g

/** @param fileName such as `clickstreams.sql` */
export function bindTransform(fileName: string, input: TransformInput): string {
  const path = fileURLToPath(new URL(`./${fileName}`, import.meta.url))
  const withoutComments = readFileSync(path, 'utf8').replaceAll(/--[^\n]*/g, '')
  return withoutComments
    .replaceAll(TABLE, (name) => {
      const select = input.tables[name]
      assert(select !== undefined, `${fileName} reads ${name}, which is not given`)
      return `(${select})`
    })
    .replaceAll(PARAMETER, (_match, name: string) => {
      const value = input.values[name]
      assert(value !== undefined, `${fileName} needs the parameter ${name}`)
      return `'${value.replaceAll("'", "''")}'`
    })
    .trim()
}
