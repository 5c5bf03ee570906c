/**
 * test/contract/sql: what every runner of questions must do.
 *
 * In: a runner over the small lake, whose table clean.sales holds SALES_ROWS.
 * Out: one test for each promise of the port.
 * Invariant: the same statement gives the same values and the same refusals everywhere.
 */
import { describe, expect, test } from 'vitest'
import { MAX_SQL_ROWS, type SqlRunner } from '../../src/parts/sql/port.ts'
import { sale } from '../parts/lake/small-lake.ts'

export const SALES_ROWS = [
  sale('a', '2026-03-01', '1234567890.12'),
  sale('b', '2026-03-02', '0.10'),
  { id: 'é "c"', shop_date: null, net: null },
]

/** @param runner asked within tests, when it is open */
export function sqlContract(title: string, runner: () => SqlRunner): void {
  const codeOf = async (sql: string): Promise<unknown> => {
    try {
      return await runner().run(sql)
    } catch (thrown) {
      return (thrown as { readonly code?: string }).code
    }
  }

  describe(`sql: ${title}`, () => {
    test('answers with names, types and values', async () => {
      const { columns, rows, truncated } = await runner().run('SELECT * FROM clean.sales ORDER BY id')
      expect(columns).toEqual([
        { name: 'id', type: 'VARCHAR' },
        { name: 'shop_date', type: 'DATE' },
        { name: 'net', type: 'DECIMAL(12,2)' },
      ])
      expect(rows).toEqual([
        ['a', '2026-03-01', 1234567890.12],
        ['b', '2026-03-02', 0.1],
        ['é "c"', null, null],
      ])
      expect(truncated).toBe(false)
    })

    test('writes each type in its own way', async () => {
      const sql = `SELECT true, CAST(7 AS BIGINT), 9007199254740993, 0.1E0, 1.5E12, infinity(),
        CAST('12345678901234567.89' AS DECIMAL(20,2)), TIMESTAMP '2026-11-24 08:15:30.123456', to_utf8('áo'), CAST(NULL AS INTEGER)`
      const { rows } = await runner().run(sql)
      expect(rows).toEqual([
        [
          true,
          7,
          '9007199254740993',
          0.1,
          1.5e12,
          'Infinity',
          '12345678901234567.89',
          '2026-11-24T08:15:30.123456Z',
          'c3a16f',
          null,
        ],
      ])
    })

    test('writes texts as PostgreSQL does, where it is asked for them', async () => {
      const sql = `SELECT true, CAST('1.50' AS DECIMAL(5,2)), TIMESTAMP '2026-11-24 08:00:00', TIMESTAMP '2026-11-24 08:00:00.5', to_utf8('a'), 7`
      const { rows } = await runner().run(sql, { format: 'text' })
      expect(rows).toEqual([['t', '1.50', '2026-11-24 08:00:00', '2026-11-24 08:00:00.5', '\\x61', '7']])
    })

    test('gives columns of one name two', async () => {
      const { columns } = await runner().run('SELECT 1 AS a, 2 AS a')
      expect(columns.map((column) => column.name)).toEqual(['a', 'a_2'])
    })

    test('finds a table without its zone, and not where WITH makes one of that name', async () => {
      expect((await runner().run('SELECT count(*) FROM sales')).rows).toEqual([[3]])
      const own =
        'WITH sales AS (SELECT 1 AS id) SELECT id FROM sales UNION ALL SELECT count(*) FROM "clean"."sales" ORDER BY 1'
      expect((await runner().run(own)).rows).toEqual([[1], [3]])
    })

    test('describes a table, and a statement with parameters, without running it', async () => {
      const { rows } = await runner().run('DESCRIBE clean.sales')
      expect(rows.map(([name]) => name)).toEqual(['id', 'shop_date', 'net'])
      const described = await runner().describe('SELECT id, net FROM clean.sales WHERE id = $1 AND net > $2')
      expect(described.columns).toEqual([
        { name: 'id', type: 'VARCHAR' },
        { name: 'net', type: 'DECIMAL(12,2)' },
      ])
      expect(described.parameterTypes).toHaveLength(2)
    })

    test.each([
      ['HEM_SQL_FORBIDDEN', 'DELETE FROM clean.sales'],
      ['HEM_SQL_FORBIDDEN', 'SELECT 1; SELECT 2'],
      ['HEM_SQL_FORBIDDEN', `SELECT * FROM read_csv('/etc/passwd')`],
      ['HEM_SQL_FORBIDDEN', 'SELECT id FROM clean.sales WHERE id = $1'],
      ['HEM_SQL_SYNTAX', 'SELECT FROM WHERE'],
      ['HEM_SQL_UNKNOWN_TABLE', 'SELECT * FROM clean.sails'],
      ['HEM_SQL_INVALID', 'SELECT price FROM clean.sales'],
      ['HEM_SQL_TOO_LONG', `SELECT '${'x'.repeat(17_000)}'`],
    ])('refuses with %s: %s', async (code, sql) => {
      expect(await codeOf(sql)).toBe(code)
    })

    test('cuts an answer that is too long, and says so', async () => {
      const many = 'SELECT n FROM UNNEST(sequence(1, 6000)) AS t(n) CROSS JOIN UNNEST(sequence(1, 2)) AS u(m)'
      const { rows, truncated } = await runner().run(many)
      expect([rows.length, truncated]).toEqual([MAX_SQL_ROWS, true])
    })

    test('hands rows over as they come, after the columns', async () => {
      const seen: string[] = []
      const summary = await runner().stream('SELECT n FROM UNNEST(sequence(1, 3000)) AS t(n)', {
        onColumns: () => seen.push('columns'),
        onRows: (rows) => seen.push(...rows.map(String)),
      })
      expect([seen.length, seen[0], summary.rowCount]).toEqual([3001, 'columns', 3000])
    })

    test('does not begin what is taken back', async () => {
      const answer = runner().run('SELECT 1', { signal: AbortSignal.abort() })
      await expect(answer).rejects.toMatchObject({ code: 'HEM_SQL_CANCELLED' })
    })
  })
}
