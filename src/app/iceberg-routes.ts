/**
 * app/iceberg-routes: the lake as a read-only Iceberg REST catalogue, as Glue is one on AWS.
 *
 * In: requests of other engines with an admin key, which is what SQL needs.
 * Out: namespaces, tables and their newest metadata; faults in the catalogue's own form.
 * Guarantee: nothing can be written here; data files are read from the lake's folder, by the paths in the metadata.
 * Invariant: metadata is passed on as it was committed, no 63-bit id rounded; only its location is made an address.
 * @source Apache Iceberg REST catalogue specification, rest-catalog-open-api.yaml
 */
import { Hono } from 'hono'
import type { Authorize } from '../parts/access/authorize.ts'
import { parseLossless, stringifyLossless } from '../parts/lake/lossless-json.ts'
import type { TableCatalogue, TableName } from '../parts/lake/port.ts'
import { ERROR_CODES } from '../std/error-codes.ts'
import { HemlineError } from '../std/errors.ts'

export interface IcebergRoutesOptions {
  readonly catalogue: TableCatalogue
  readonly authorize: Authorize
  /** Told of every fault that is ours. */
  readonly onFault: (error: unknown) => void
}

/** What engines may ask for; they take all else for unsupported. */
const ENDPOINTS = [
  'GET /v1/{prefix}/namespaces',
  'GET /v1/{prefix}/namespaces/{namespace}',
  'HEAD /v1/{prefix}/namespaces/{namespace}',
  'GET /v1/{prefix}/namespaces/{namespace}/tables',
  'GET /v1/{prefix}/namespaces/{namespace}/tables/{table}',
  'HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}',
  'POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/metrics',
]

/** Parameters are those of the specification, which grows; unlike elsewhere, one that is not known is passed over. */
export function icebergRoutes(options: IcebergRoutesOptions): Hono {
  const { catalogue, authorize, onFault } = options
  const app = new Hono()

  app.use(async (c, next) => {
    authorize(c.req.raw, 'admin')
    await next()
  })

  app.get('/v1/config', (c) => c.json({ defaults: {}, overrides: {}, endpoints: ENDPOINTS }))

  app.get('/v1/namespaces', async (c) => {
    const isNested = (c.req.query('parent') ?? '') !== ''
    const names = isNested ? [] : await catalogue.namespaces()
    return c.json({ namespaces: names.toSorted().map((name) => [name]) })
  })

  app.get('/v1/namespaces/:namespace', async (c) => {
    const namespace = await existingNamespace(catalogue, c.req.param('namespace'))
    if (c.req.method === 'HEAD') return c.body(null, 204)
    return c.json({ namespace: [namespace], properties: {} })
  })

  app.get('/v1/namespaces/:namespace/tables', async (c) => {
    const namespace = await existingNamespace(catalogue, c.req.param('namespace'))
    const names = await catalogue.tables(namespace)
    return c.json({ identifiers: names.toSorted().map((name) => ({ namespace: [namespace], name })) })
  })

  app.get('/v1/namespaces/:namespace/tables/:table', async (c) => {
    const name = { namespace: c.req.param('namespace'), table: c.req.param('table') }
    await requireTable(catalogue, name)
    if (c.req.method === 'HEAD') return c.body(null, 204)
    const found = await catalogue.load(name)
    if (found === null)
      throw new CatalogueFault(404, 'NoSuchTableException', `no table ${name.namespace}.${name.table}`)
    const metadata = parseLossless(found.metadataJson) as Readonly<Record<string, unknown>>
    const answer = {
      'metadata-location': addressOf(found.metadataLocation),
      metadata: { ...metadata, location: addressOf(String(metadata['location'])) },
      config: {},
    }
    return c.body(stringifyLossless(answer), 200, { 'content-type': 'application/json' })
  })

  // What engines report of their scans is heard and dropped.
  app.post('/v1/namespaces/:namespace/tables/:table/metrics', async (c) => {
    await requireTable(catalogue, { namespace: c.req.param('namespace'), table: c.req.param('table') })
    return c.body(null, 204)
  })

  app.all('*', (c) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD')
      throw new CatalogueFault(404, 'NotFoundException', `no such call: ${c.req.path.slice(0, 128)}`)
    throw new CatalogueFault(406, 'UnsupportedOperationException', 'this catalogue is read only')
  })
  app.onError((error) => {
    const fault = faultOf(error)
    if (fault.status >= 500) onFault(error)
    return Response.json(
      { error: { message: fault.message, type: fault.type, code: fault.status } },
      { status: fault.status },
    )
  })
  return app
}

/** ClickHouse takes a path alone for no address; the others take either. */
function addressOf(location: string): string {
  return location.startsWith('/') ? `file://${location}` : location
}

/** A fault as the specification names it. */
class CatalogueFault extends Error {
  readonly status: number
  readonly type: string

  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

const FAULT_TYPES: Readonly<Record<number, string>> = {
  401: 'NotAuthorizedException',
  403: 'ForbiddenException',
  503: 'ServiceUnavailableException',
}

function faultOf(error: unknown): CatalogueFault {
  if (error instanceof CatalogueFault) return error
  if (!(error instanceof HemlineError)) return new CatalogueFault(500, 'InternalServerError', 'a fault of ours')
  const { status } = ERROR_CODES[error.code]
  return new CatalogueFault(status, FAULT_TYPES[status] ?? 'InternalServerError', error.message)
}

async function existingNamespace(catalogue: TableCatalogue, name: string): Promise<string> {
  if ((await catalogue.namespaces()).includes(name)) return name
  throw new CatalogueFault(404, 'NoSuchNamespaceException', `no namespace ${name.slice(0, 128)}`)
}

/** By the list of what there is, so that no path of a caller's making reaches the disk. */
async function requireTable(catalogue: TableCatalogue, { namespace, table }: TableName): Promise<void> {
  await existingNamespace(catalogue, namespace)
  if ((await catalogue.tables(namespace)).includes(table)) return
  throw new CatalogueFault(404, 'NoSuchTableException', `no table ${namespace}.${table.slice(0, 128)}`)
}
