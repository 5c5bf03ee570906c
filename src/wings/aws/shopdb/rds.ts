/**
 * aws/shopdb/rds: the shop's tables in RDS for PostgreSQL.
 *
 * In: where the database and its read replica answer, who asks, and RDS's own certificate authorities.
 * Out: the `ShopDatabase` port, and a writer for the storefront's checkout; a connection per call.
 * Invariant: every connection is encrypted and its server's name is checked; reads burden the replica where there is one.
 */
import type { ShopDatabase } from '../../../parts/shopdb/port.ts'
import { connectPostgres, type PostgresClient } from '../../../parts/shopdb/postgres-client.ts'
import { shopDatabaseOver, type ShopReading } from '../../../parts/shopdb/postgres-reader.ts'
import { shopWriterOver, type ShopWriter } from '../../../parts/shopdb/postgres-writer.ts'
import { HemlineError } from '../../../std/errors.ts'
import type { AwsAccess } from '../access.ts'
import { openRdsLogin, type LogIn, type RdsLogin } from './rds-login.ts'

export interface RdsOptions {
  readonly access: AwsAccess
  readonly host: string
  readonly port: number
  readonly database: string
  readonly login: RdsLogin
  /** PEM text of the bundle that AWS publishes as global-bundle.pem. */
  readonly authorities: string
}

export interface RdsShopOptions extends RdsOptions, ShopReading {
  /**
   * Host of a read replica on the same port. What it has not yet replayed at 00:01 comes with the overlap of the next
   * nights; where it does not answer, the database itself is read.
   */
  readonly replicaHost?: string
}

export function openRdsShopDatabase(options: RdsShopOptions): ShopDatabase {
  const { replicaHost, mapping, timeZone } = options
  const logIn = openRdsLogin(options.access, options.login)
  const primary = (): Promise<PostgresClient> => connectTo(options, options.host, logIn)
  const connect = async (): Promise<PostgresClient> => {
    if (replicaHost === undefined) return primary()
    try {
      return await connectTo(options, replicaHost, logIn)
    } catch (thrown) {
      if (thrown instanceof HemlineError && thrown.code === 'HEM_SHOPDB_UNREACHABLE') return primary()
      throw thrown
    }
  }
  return shopDatabaseOver(connect, { mapping, timeZone })
}

/** For the storefront's checkout alone; the pipeline only reads. */
export function openRdsShopWriter(options: RdsOptions): ShopWriter {
  const logIn = openRdsLogin(options.access, options.login)
  return shopWriterOver(() => connectTo(options, options.host, logIn))
}

async function connectTo(options: RdsOptions, host: string, logIn: LogIn): Promise<PostgresClient> {
  const { port, database, authorities } = options
  const { user, password } = await logIn({ host, port })
  return connectPostgres({ host, port, database, user, password, authorities })
}
