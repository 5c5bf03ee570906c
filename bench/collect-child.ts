/**
 * collect-child: the collector's server in a process of its own, so that its load does not share its thread.
 *
 *   node bench/collect-child.ts durable|unsafe
 *
 * In: whether to fsync.
 * Out: one line {"url","key"} on standard output; CPU used so far, for each line on standard input.
 * Invariant: ends with its standard input.
 */
import { startCollectServer } from '../test/steps/collect/collect-server.ts'

const server = await startCollectServer({
  stream: { durable: process.argv[2] !== 'unsafe' },
  routes: { rateLimits: { eventsPerSecond: 1e9, burstEvents: 1e9 } },
})
process.stdout.write(`${JSON.stringify({ url: server.url, key: server.keys.write })}\n`)
process.stdin.on('data', () => {
  const { user, system } = process.cpuUsage()
  process.stdout.write(`${JSON.stringify({ cpuUs: user + system, ...server.collector.ledger() })}\n`)
})
process.stdin.on('end', () => {
  void server.close().then(() => process.exit(0))
})
