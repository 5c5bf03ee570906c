/**
 * aws/shopdb/logins: the two users of the shop's database who log in by IAM token.
 *
 * In: a connection of the database's owner; names.
 * Out: one who may only read, for the night; one who may make tables and write, for the storefront's checkout.
 * Invariant: neither has a password, so only who may sign a token for it gets in. Asked again, nothing changes.
 */
import type { PostgresClient } from '../../../parts/shopdb/postgres-client.ts'
import { quoteName } from '../../../parts/shopdb/schema.ts'

export interface Logins {
  readonly reader: string
  readonly writer: string
}

export async function ensureLogins(client: PostgresClient, { reader, writer }: Logins): Promise<void> {
  for (const login of [reader, writer]) {
    const found = await client.query('SELECT 1 AS found FROM pg_roles WHERE rolname = $1', [login])
    if (found.length === 0) await client.query(`CREATE ROLE ${quoteName(login)} LOGIN`)
    await client.query(`GRANT rds_iam TO ${quoteName(login)}`)
  }
  await client.query(`GRANT pg_read_all_data TO ${quoteName(reader)}`)
  await client.query(`ALTER ROLE ${quoteName(reader)} SET default_transaction_read_only = on`)
  await client.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${quoteName(writer)}`)
}
