/**
 * lambda/shopdb-adapters: the shop's database on RDS, for functions within its network.
 *
 * In: a function's environment.
 * Out: the reading end for the night, the writing end for the storefront's checkout.
 * Invariant: TLS with the authorities that Lambda itself brings; a token for each connection, signed here.
 */
import { readFileSync } from 'node:fs'
import type { ShopDatabase } from '../../parts/shopdb/port.ts'
import { openRdsShopDatabase, openRdsShopWriter, type RdsOptions } from '../../wings/aws/shopdb/rds.ts'
import type { ShopWriter } from '../../parts/shopdb/postgres-writer.ts'
import type { LambdaEnvironment } from './environment.ts'

/** Amazon's own authorities, RDS among them; Node's own list lacks them. */
const AUTHORITIES_FILE = '/var/runtime/ca-cert.pem'

export function openShopDatabase(environment: LambdaEnvironment): ShopDatabase {
  const timeZone = environment.value('HEMLINE_TIME_ZONE')
  return openRdsShopDatabase({ ...rds(environment), timeZone, mapping: {} })
}

export function openShopWriter(environment: LambdaEnvironment): ShopWriter {
  return openRdsShopWriter(rds(environment))
}

function rds({ access, value }: LambdaEnvironment): RdsOptions {
  return {
    access,
    host: value('HEMLINE_SHOPDB_HOST'),
    port: Number(value('HEMLINE_SHOPDB_PORT')),
    database: value('HEMLINE_SHOPDB_NAME'),
    login: { iamUser: value('HEMLINE_SHOPDB_USER') },
    authorities: rdsAuthorities(),
  }
}

export function rdsAuthorities(): string {
  return readFileSync(AUTHORITIES_FILE, 'utf8')
}
