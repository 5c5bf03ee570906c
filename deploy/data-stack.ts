/**
 * deploy/data-stack: `HemlineData`, all that must outlive a mistake.
 *
 * In: settings.
 * Out: stream, table, buckets, catalogue, database and the network it lies in.
 * Invariant: protected against deletion; deleting it all the same keeps what holds data.
 */
import { Stack, type App } from 'aws-cdk-lib'
import { addCatalogue } from './catalogue.ts'
import { addKeys } from './keys.ts'
import { addKeyAndBuckets, type Buckets } from './key-and-buckets.ts'
import type { Names } from './names.ts'
import { addNetwork, type Network } from './network.ts'
import type { Settings } from './settings.ts'
import { addShopDatabase, type ShopDatabase } from './shop-database.ts'
import { addStreamAndTable } from './stream-and-table.ts'

export interface Data {
  readonly stack: Stack
  readonly buckets: Buckets
  readonly network: Network
  readonly database: ShopDatabase
  readonly keysSecretArn: string
}

export function addDataStack(app: App, names: Names, settings: Settings): Data {
  const stack = new Stack(app, 'HemlineData', {
    env: { account: settings.account, region: settings.region },
    description: 'Hemline: what is kept. Stream, serving table, lake, catalogue, database.',
    terminationProtection: true,
  })
  const buckets = addKeyAndBuckets(stack, names, settings)
  addStreamAndTable(stack, names, settings)
  addCatalogue(stack, names, buckets)
  const network = addNetwork(stack, settings, buckets.logs)
  const database = addShopDatabase(stack, names, settings, { network, buckets })
  const { secretArn } = addKeys(stack, names, buckets)
  return { stack, buckets, network, database, keysSecretArn: secretArn }
}
