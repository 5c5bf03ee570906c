/**
 * lambda/shop: writes the storefront's orders to the shop's database, from within its network.
 *
 * In: calls of the HTTP API: orders with a read key, a demo's users and products with a server key.
 * Out: rows in RDS.
 * Invariant: the one function that writes there; the pipeline only reads.
 */
import { handle } from 'hono/aws-lambda'
import { createAuthorize } from '../../parts/access/authorize.ts'
import { shopRoutes, type ShopRouteOptions } from '../shop-routes.ts'
import type { KeyStore } from '../../parts/access/key-store.ts'
import { openKeys } from './adapters.ts'
import { opened } from './environment.ts'
import { httpFunction, type LambdaApp } from './http.ts'
import { openShopWriter } from './shopdb-adapters.ts'

export interface ShopOptions extends Omit<ShopRouteOptions, 'authorize'> {
  readonly keys: Pick<KeyStore, 'roleOf'>
  readonly onFault: (fault: unknown) => void
}

export function createShop({ writer, keys, clock, onFault }: ShopOptions): LambdaApp {
  const { app, addressOf } = httpFunction(onFault)
  return app.route('/', shopRoutes({ writer, clock, authorize: createAuthorize(keys, addressOf) }))
}

export const handler = opened(async (environment) => {
  const writer = openShopWriter(environment)
  const { clock, onFault } = environment
  const keys = await openKeys(environment)
  return handle(createShop({ writer: () => Promise.resolve(writer), keys, clock, onFault }))
})
