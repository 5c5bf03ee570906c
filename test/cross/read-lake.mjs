/**
 * cross/read-lake: asks ClickHouse, in a process of its own, what it sees in a table of the lake.
 *
 * In: the folder that holds `node_modules/chdb`, and a query; the working folder is the lake.
 * Out: rows as JSON, one a line.
 * Invariant: the lake is only read.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [folder, sql] = process.argv.slice(2)
const { query } = createRequire(join(folder, 'x.js'))('chdb')
process.stdout.write(String(query(sql, 'JSONEachRow')))
