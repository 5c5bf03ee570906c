/**
 * sql/column-names: names of an answer's columns, each once.
 *
 * In: the names an engine gives, which may come twice.
 * Out: the same with a number where one came before.
 * Invariant: rows can become objects without losing a column.
 */

/** A second "a" is called "a_2". */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names)
  const used = new Set<string>()
  return names.map((plain) => {
    let name = plain
    for (let number = 2; used.has(name) || (name !== plain && taken.has(name)); number++) name = `${plain}_${number}`
    used.add(name)
    return name
  })
}
