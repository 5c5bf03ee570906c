/**
 * shopdb/rows: what a row of each shop table is once it has left the database.
 *
 * In: nothing; these are types.
 * Out: users, products, orders and order lines with ids as strings and money as decimal strings.
 * Invariant: absent values are null, instants are ISO 8601 UTC with microseconds.
 */

/** Holds personal data: nothing of this shape may be written to disk. */
export interface ShopUser {
  readonly id: string
  readonly username: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly address: string | null
  readonly sex: string | null
  /** "YYYY-MM-DD". */
  readonly birthdate: string | null
}

export interface ShopProduct {
  readonly id: string
  readonly gender: string | null
  readonly master_category: string | null
  readonly sub_category: string | null
  readonly article_type: string | null
  readonly base_colour: string | null
  readonly season: string | null
  readonly year: number | null
  readonly usage: string | null
  readonly product_display_name: string | null
  readonly price: string | null
  readonly list_price: string | null
  readonly currency: string | null
  readonly style_id: string | null
  readonly brand: string | null
}

export interface ShopOrder {
  readonly order_id: string
  readonly user_id: string | null
  readonly order_date: string
  readonly total_price: string
  readonly status: string | null
  readonly currency: string | null
  readonly discount: string | null
  readonly coupon: string | null
  /** Day of the span that order_date falls on, "YYYY-MM-DD". */
  readonly shop_date: string
}

/** Goods of one line that came back; absent where the shop has no such table. */
export interface ShopReturn {
  readonly order_id: string
  readonly product_id: string
  readonly variant_id: string | null
  readonly quantity: number
  readonly refund: string | null
  readonly returned_at: string
  /** From the order. */
  readonly currency: string | null
  /** Day of the span that returned_at falls on. */
  readonly shop_date: string
}

/** What the shop has of one variant now; absent where it does not keep stock. */
export interface ShopStock {
  readonly product_id: string
  readonly variant_id: string | null
  readonly size: string | null
  readonly on_hand: number
}

/** One line of an order, with the order's date so that both fall on the same day. */
export interface ShopLine {
  readonly order_id: string
  readonly product_id: string
  readonly variant_id: string | null
  readonly quantity: number
  readonly unit_price: string
  readonly discount: string | null
  readonly order_date: string
  readonly shop_date: string
}
