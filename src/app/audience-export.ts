/**
 * app/audience-export: an audience on its way out, with addresses or with products for a newsletter.
 *
 * In: an audience of pseudonyms, the shop's database, the serving store.
 * Out: rows for a file.
 * Invariant: an address is joined only for who has agreed, leaves only in the answer, and is written nowhere.
 */
import { languageOf } from '../parts/serving/reasons.ts'
import type { ServingReader } from '../parts/serving/port.ts'
import type { ShopDatabase } from '../parts/shopdb/port.ts'
import { HemlineError } from '../std/errors.ts'
import type { Audience, AudienceMember } from '../steps/report/audience.ts'
import { readSlate, visitorKeyOf } from '../steps/respond/recommendations.ts'

export interface Addressed extends AudienceMember {
  readonly email: string | null
}

export async function withAddresses(audience: Audience, shop: ShopDatabase): Promise<readonly Addressed[]> {
  const members = audience.members.filter((member) => member.consent === 'yes')
  const emails = await shop.emails(members.map((member) => member.user_id))
  return members.map((member) => ({ ...member, email: emails.get(member.user_id) ?? null }))
}

export interface MemberSlate {
  readonly user_id: string
  readonly email: string | null
  readonly products: readonly MailProduct[]
}

export interface MailProduct {
  readonly product_id: string
  readonly name: string
  readonly price: string | null
  readonly currency: string | null
  readonly url: string | null
  readonly reason: string
}

export interface SlateOptions {
  /** Products of each person, 1 to 50. */
  readonly products: number
  readonly locale: string | null
  readonly nowMs: number
}

/** @throws HEM_SERVING_NOT_READY until the first lists are written */
export function slatesOf(
  members: readonly (AudienceMember & { readonly email?: string | null })[],
  serving: ServingReader,
  options: SlateOptions,
): readonly MemberSlate[] {
  if (serving.productCount() === 0) throw noProducts()
  return members.map(({ user_id, email = null }) => {
    const request = {
      placements: ['home' as const],
      visitorKey: visitorKeyOf(serving, { visitorId: null, userId: user_id }),
      productId: null,
      limit: options.products,
      locale: languageOf(options.locale),
    }
    const { items } = readSlate(serving, request, { nowMs: options.nowMs })
    return {
      user_id,
      email,
      products: items.map((item) => ({
        product_id: item.product_id,
        name: item.product_display_name ?? item.product_id,
        price: item.price,
        currency: item.currency,
        url: item.url,
        reason: item.reason.text,
      })),
    }
  })
}

function noProducts(): HemlineError {
  return new HemlineError('HEM_SERVING_NOT_READY', {
    subject: 'slates',
    expected: 'a catalogue',
    got: 'none yet',
    remedy: 'add the products first',
  })
}
