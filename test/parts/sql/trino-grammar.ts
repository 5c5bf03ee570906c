/**
 * test/parts/sql/trino-grammar: whether a statement is one of Trino's, by Trino's own grammar.
 *
 * In: a statement.
 * Out: what is wrong with it, or nothing.
 * Invariant: only the grammar judges; names of tables and functions are no business of it.
 */
import { registerHooks } from 'node:module'

const EXTENSIONLESS = /\/node_modules\/(?:dt-sql-parser|antlr4)/

// The package's modules name each other without extension, which bundlers resolve and Node does not.
registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      if (!EXTENSIONLESS.test(context.parentURL ?? '')) throw error
    }
    try {
      return next(`${specifier}.js`, context)
    } catch {
      return next(`${specifier}/index.js`, context)
    }
  },
})

interface Grammar {
  validate(sql: string): readonly { readonly message: string; readonly startLine: number }[]
}

// A path of its own module, since the package's entry loads eight other grammars.
const { TrinoSQL } = (await import('dt-sql-parser/dist/parser/trino/index.js')) as { TrinoSQL: new () => Grammar }
const grammar = new TrinoSQL()

export function trinoFaults(sql: string): readonly string[] {
  return grammar.validate(sql).map(({ message, startLine }) => `line ${startLine}: ${message}`)
}
