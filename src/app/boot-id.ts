/**
 * app/boot-id: a name for this boot of the machine.
 *
 * In: the kernel's word, or the time since it started.
 * Out: text that is the same until the machine starts again.
 * Invariant: where it is doubtful the name differs, which only costs a rebuild.
 */
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

const ROUND_MS = 60_000

export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `started ${Math.round((Date.now() - uptime() * 1000) / ROUND_MS)}`
  }
}
