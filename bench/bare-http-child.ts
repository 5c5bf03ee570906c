/**
 * bare-http-child: a node:http server that does nothing, to show what one round trip costs here.
 *
 * In: nothing.
 * Out: its port on standard output; an empty answer to every request.
 * Invariant: ends with its standard input.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer((_, response) => response.end('{}'))
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.stdin.on('end', () => process.exit(0)).resume()
