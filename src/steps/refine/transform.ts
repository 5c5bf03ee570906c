/**
 * refine/transform: a transform in a .sql file, made ready to run.
 *
 * In: a file beside this one, a SELECT for each table it reads, and values for its parameters.
 * Out: one SELECT.
 * Invariant: values are quoted; a table or parameter that is not given is an error of ours, never an empty text.
 */
import { readTransform } from '../../parts/sql/lake-connection.ts'
import { assert } from '../../std/assert.ts'

export interface TransformInput {
  /** `zone.table` to a SELECT of its rows. */
  readonly tables: Readonly<Record<string, string>>
  /** Parameters without their colon, as text. */
  readonly values: Readonly<Record<string, string>>
}

const TABLE = /\b(?:landing|clean|mart)\.[a-z_]+\b/g

/** @param fileName such as `clickstreams.sql` */
export function bindTransform(fileName: string, input: TransformInput): string {
  return readTransform(new URL(`./${fileName}`, import.meta.url), input.values).replaceAll(TABLE, (name) => {
    const select = input.tables[name]
    assert(select !== undefined, `${fileName} reads ${name}, which is not given`)
    return `(${select})`
  })
}
