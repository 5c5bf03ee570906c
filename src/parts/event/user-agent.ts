/**
 * event/user-agent: what kind of device sent an event, and whether a crawler did.
 *
 * In: the User-Agent header.
 * Out: device class and a bot flag.
 * Invariant: only what names itself a crawler is a bot; scripts and servers may send a shop's events.
 */
import type { DeviceClass } from './event.ts'

const MAX_USER_AGENT_CHARACTERS = 512

const CRAWLER =
  /(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit|mediapartners|ia_archiver|lighthouse|pingdom|bingpreview/i
const TABLET = /ipad|tablet|kindle|silk\/|playbook|android(?!.*mobile)/i
const MOBILE = /iphone|ipod|android|mobile|windows phone|opera mini/i
const DESKTOP = /windows nt|macintosh|x11|cros /i

export interface UserAgentFacts {
  readonly device_class: DeviceClass
  readonly is_bot: boolean
}

export function readUserAgent(header: string | null): UserAgentFacts {
  const text = (header ?? '').slice(0, MAX_USER_AGENT_CHARACTERS)
  return { device_class: deviceClassOf(text), is_bot: CRAWLER.test(text) }
}

function deviceClassOf(text: string): DeviceClass {
  if (TABLET.test(text)) return 'tablet'
  if (MOBILE.test(text)) return 'mobile'
  return DESKTOP.test(text) ? 'desktop' : 'unknown'
}
