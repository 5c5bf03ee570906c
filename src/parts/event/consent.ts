/**
 * event/consent: what a shopper allowed.
 *
 * In: the event's consent object, as the shop's banner sent it, or null.
 * Out: whether the event may shape what this shopper and others are shown.
 * Invariant: an explicit "no" always wins; silence follows the shop, which is responsible for asking.
 */

/** @param consent such as {"analytics":true,"personalisation":false}; both spellings count */
export function allowsPersonalisation(consent: Readonly<Record<string, unknown>> | null): boolean {
  if (consent === null) return true
  return consent['personalisation'] !== false && consent['personalization'] !== false
}
