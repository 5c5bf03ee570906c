/**
 * lambda/logins: makes the users of the shop's database, once, after the first deployment.
 *
 * In: a call by hand with the secret of the database's owner, as RDS keeps it (docs/aws.md).
 * Out: the logins of `extract` and `shop`.
 * Invariant: the password comes with the call and is kept nowhere; nothing in the VPC could fetch it.
 */
import { connectPostgres } from '../../parts/shopdb/postgres-client.ts'
import { ensureLogins } from '../../wings/aws/shopdb/logins.ts'
import { opened } from './environment.ts'
import { rdsAuthorities } from './shopdb-adapters.ts'

interface OwnerSecret {
  readonly username: string
  readonly password: string
}

const LOGINS = { reader: 'hemline_reader', writer: 'hemline_shop' }

export const handler = opened(({ value }) =>
  Promise.resolve(async ({ username, password }: OwnerSecret): Promise<typeof LOGINS> => {
    const client = await connectPostgres({
      host: value('HEMLINE_SHOPDB_HOST'),
      port: Number(value('HEMLINE_SHOPDB_PORT')),
      database: value('HEMLINE_SHOPDB_NAME'),
      user: username,
      password,
      authorities: rdsAuthorities(),
    })
    try {
      await ensureLogins(client, LOGINS)
      return LOGINS
    } finally {
      await client.end()
    }
  }),
)
