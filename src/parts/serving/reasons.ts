/**
 * serving/reasons: why a product is shown, in the reader's words.
 *
 * In: a reason code with parameters, and a way to name a product.
 * Out: one short sentence in English or Vietnamese.
 * Invariant: every code the recommender uses has words in every language.
 */
import type { ReasonCode } from '../model/reasons.ts'
import type { SlateReason } from './slate.ts'
import { vietnameseAttributes } from './vietnamese.ts'

const LANGUAGES = ['en', 'vi'] as const
export type Language = (typeof LANGUAGES)[number]

type Words = Readonly<Record<Language, string>>

/** Reasons of the recommender, and `shop_pick`, which a rule of the merchandiser gives. */
const WORDS: Readonly<Record<ReasonCode | 'shop_pick', Words>> = {
  because_you_viewed: { en: 'Because you looked at {product}', vi: 'Vì bạn đã xem {product}' },
  because_in_cart: { en: 'Because {product} is in your cart', vi: 'Vì {product} đang trong giỏ hàng của bạn' },
  viewed_again: { en: 'You looked at this before', vi: 'Bạn đã xem sản phẩm này' },
  bought_together: { en: 'Often bought with {product}', vi: 'Thường được mua cùng {product}' },
  viewed_together: { en: 'Others looked at this after {product}', vi: 'Người khác xem cùng {product}' },
  completes_look: { en: 'Goes well with {product}', vi: 'Hợp với {product}' },
  similar_style: { en: 'Similar to {product}', vi: 'Tương tự {product}' },
  rising: { en: 'Rising this week: {value}', vi: 'Đang lên trong tuần này: {value}' },
  trending: { en: 'Rising now', vi: 'Đang thịnh hành' },
  popular: { en: 'Popular in this shop', vi: 'Được ưa chuộng tại cửa hàng' },
  new_in: { en: 'New in', vi: 'Hàng mới về' },
  shop_pick: { en: 'Our pick', vi: 'Cửa hàng chọn cho bạn' },
}

/** The language that fits an `Accept-Language` header or a locale such as `vi-VN`; English where none does. */
export function languageOf(locale: string | null): Language {
  return locale?.toLowerCase().startsWith('vi') ? 'vi' : 'en'
}

/**
 * @param nameOf display name of a product id, or null where the catalogue lacks it
 * @returns one sentence without a full stop; the plain code where no words exist
 */
export function reasonText(
  reason: SlateReason,
  options: { readonly language: Language; readonly nameOf: (productId: string) => string | null },
): string {
  const words = (WORDS as Readonly<Record<string, Words>>)[reason.code]?.[options.language]
  if (words === undefined) return reason.code
  const productId = reason.params['product_id']
  const name = productId === undefined ? null : (options.nameOf(productId) ?? productId)
  // Given as functions, since a name may hold "$&".
  return words
    .replace('{product}', () => name ?? '…')
    .replace('{value}', () => attributeText(reason.params['value'], options.language))
}

function attributeText(value: string | undefined, language: Language): string {
  if (value === undefined) return '…'
  return language === 'vi' ? vietnameseAttributes(value) : value.toLowerCase()
}
