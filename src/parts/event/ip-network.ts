/**
 * event/ip-network: a client's address, made coarse before it is kept.
 *
 * In: an IPv4 or IPv6 address as text.
 * Out: its /24 or /48 network, such as "203.0.113.0/24", or null where it is no address.
 * Invariant: the full address never leaves this function.
 */
import { isIP } from 'node:net'

const MAPPED_PREFIX = '::ffff:'
const IPV6_GROUPS = 8
const KEPT_GROUPS = 3

export function networkOf(address: string | null): string | null {
  if (address === null) return null
  const bare = address.toLowerCase().startsWith(MAPPED_PREFIX) ? address.slice(MAPPED_PREFIX.length) : address
  const version = isIP(bare)
  if (version === 4) return `${bare.slice(0, bare.lastIndexOf('.'))}.0/24`
  if (version !== 6) return null
  const groups = expand(bare.split('%')[0]).slice(0, KEPT_GROUPS)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`
}

/** The groups of an IPv6 address, the gap filled with zeros. */
function expand(address: string): readonly string[] {
  const [head, tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before
  const after = tail === '' ? [] : tail.split(':')
  return [...before, ...Array<string>(Math.max(0, IPV6_GROUPS - before.length - after.length)).fill('0'), ...after]
}
