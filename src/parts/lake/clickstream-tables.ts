/**
 * lake/clickstream-tables: the tables that hold what visitors did.
 *
 * In: nothing; these are definitions.
 * Out: landing.clickstreams, landing.quarantine, landing.product_changes and clean.clickstreams.
 * Invariant: columns are only ever added, at the end; docs/tables.md is made from these sentences.
 */
import type { ColumnDefinition, TableDefinition } from './schema.ts'

const POSITION: readonly ColumnDefinition[] = [
  { name: 'shard', type: 'string', description: 'Shard of the stream the record came from.' },
  {
    name: 'sequence_number',
    type: 'string',
    description: 'Place of the record in its shard; text order is stream order.',
  },
]

const RECORD_INDEX: ColumnDefinition = {
  name: 'record_index',
  type: 'int',
  description: 'Place within the record, from 0.',
}

/** What the client sent, and what the collector added to it. */
const EVENT: readonly ColumnDefinition[] = [
  { name: 'event_id', type: 'string', description: 'Id of the event, made by the client or the collector.' },
  { name: 'event_type', type: 'string', description: 'What happened, such as product_view, add_to_cart, purchase.' },
  { name: 'timestamp', type: 'timestamp', description: "The client's clock, UTC." },
  { name: 'visitor_key', type: 'string', description: 'visitor_id, else "user:" and user_id; what sessions go by.' },
  { name: 'visitor_id', type: 'string', description: 'The browser; null where only the user is known.' },
  { name: 'user_id', type: 'string', description: 'The person with an account; null for anonymous visitors.' },
  { name: 'product_id', type: 'string', description: 'The product; null for events without one.' },
  { name: 'variant_id', type: 'string', description: 'Size and colour, where the client said so.' },
  { name: 'quantity', type: 'int', description: 'Pieces; null for events without a quantity.' },
  { name: 'unit_price', type: 'decimal(12,2)', description: 'Price of one piece as the client saw it.' },
  { name: 'currency', type: 'string', description: 'ISO 4217 code of unit_price.' },
  { name: 'order_id', type: 'string', description: 'The order of a purchase or refund.' },
  { name: 'query', type: 'string', description: 'Search text of a search event.' },
  { name: 'slate_id', type: 'string', description: 'Recommendation list that was shown or clicked.' },
  { name: 'placement', type: 'string', description: 'Where the list stood: home, product, cart, trending, new_in.' },
  { name: 'position', type: 'int', description: 'Place of the product in the list.' },
  { name: 'client_sequence', type: 'long', description: "The tracker's own counter of one visitor's events." },
  { name: 'page_url', type: 'string', description: 'Page the event happened on.' },
  { name: 'referrer', type: 'string', description: 'Page the visitor came from.' },
  { name: 'locale', type: 'string', description: 'Language of the page, such as vi-VN.' },
  { name: 'campaign', type: 'string', description: 'Campaign that brought the visitor.' },
  { name: 'consent', type: 'string', description: 'JSON object of consents, or null.' },
  { name: 'properties', type: 'string', description: 'JSON object of all other fields the client sent.' },
  { name: 'received_at', type: 'timestamp', description: "The collector's clock, UTC." },
  {
    name: 'corrected_at',
    type: 'timestamp',
    description: "When it happened: client time corrected by the client's sending time, UTC.",
  },
  { name: 'device_class', type: 'string', description: 'desktop, mobile, tablet or unknown.' },
  { name: 'is_bot', type: 'boolean', description: 'True for crawlers and scripts, by their user agent.' },
  { name: 'origin', type: 'string', description: 'live, or import for events loaded from a file.' },
  { name: 'unknown_product', type: 'boolean', description: 'True where the catalogue did not hold the product.' },
  {
    name: 'time_clamped',
    type: 'boolean',
    description: 'True where client time lay more than 24 h ahead and was set back.',
  },
]

/** The product's own words. */
const PRODUCT: readonly ColumnDefinition[] = [
  { name: 'style_id', type: 'string', description: 'Products of one style differ only in colour.' },
  { name: 'gender', type: 'string', description: 'Men, Women, Boys, Girls or Unisex.' },
  { name: 'master_category', type: 'string', description: 'Such as Apparel, Footwear, Accessories.' },
  { name: 'sub_category', type: 'string', description: 'Such as Topwear, Shoes, Bags.' },
  { name: 'article_type', type: 'string', description: 'Such as Tshirts, Casual Shoes, Handbags.' },
  { name: 'base_colour', type: 'string', description: 'Main colour.' },
  { name: 'season', type: 'string', description: 'Season the product was made for.' },
  { name: 'year', type: 'int', description: 'Year the product was made for.' },
  { name: 'usage', type: 'string', description: 'Such as Casual, Formal, Sports.' },
  { name: 'brand', type: 'string', description: 'Brand, where the shop says so.' },
]

export const LANDING_CLICKSTREAMS: TableDefinition = {
  namespace: 'landing',
  table: 'clickstreams',
  description: 'One accepted event, as received; an event may come twice.',
  columns: [
    ...EVENT,
    { name: 'ip_network', type: 'string', description: "The client's network, cut to /24 or /48; null for imports." },
    ...POSITION,
    RECORD_INDEX,
  ],
  partition: { column: 'received_at', transform: 'day' },
}

const LANDING_QUARANTINE: TableDefinition = {
  namespace: 'landing',
  table: 'quarantine',
  description: 'One refused event or one record that could not be delivered, with its bytes and the reason.',
  columns: [
    { name: 'received_at', type: 'timestamp', description: "The collector's clock, UTC." },
    {
      name: 'reason',
      type: 'string',
      description:
        'refused: at the door; dead_letter: accepted, but could not be delivered; not_learned: the recommender failed at it; not_cleaned: in landing, but clean does not take it.',
    },
    { name: 'code', type: 'string', description: 'Code of docs/errors.md.' },
    { name: 'message', type: 'string', description: 'What was wrong, in words.' },
    { name: 'body', type: 'string', description: 'The event or record as it came, JSON text.' },
    { name: 'request_index', type: 'int', description: 'Place of a refused event in its request, from 0.' },
    ...POSITION,
    RECORD_INDEX,
  ],
  partition: { column: 'received_at', transform: 'day' },
}

const LANDING_PRODUCT_CHANGES: TableDefinition = {
  namespace: 'landing',
  table: 'product_changes',
  description: 'One product as it was from a moment on.',
  columns: [
    { name: 'product_id', type: 'string', description: 'The product.' },
    { name: 'changed_at', type: 'timestamp', description: 'When Hemline learned of it, UTC.' },
    ...PRODUCT,
    { name: 'product_display_name', type: 'string', description: 'Name as shown.' },
    { name: 'price', type: 'decimal(12,2)', description: 'Price of one piece.' },
    { name: 'list_price', type: 'decimal(12,2)', description: 'Price before a reduction.' },
    { name: 'currency', type: 'string', description: 'ISO 4217 code of the prices.' },
    { name: 'available', type: 'boolean', description: 'Whether the shop shows it.' },
    { name: 'launched_at', type: 'timestamp', description: 'First day of sale, UTC.' },
    { name: 'attributes', type: 'string', description: 'JSON object of further attributes.' },
    ...POSITION,
    RECORD_INDEX,
  ],
  partition: null,
}

const CLEAN_CLICKSTREAMS: TableDefinition = {
  namespace: 'clean',
  table: 'clickstreams',
  description: 'One event, unique by event_id, with its product as of event time and its session.',
  columns: [
    ...EVENT,
    { name: 'shop_date', type: 'date', description: "Date of corrected_at in the shop's time zone." },
    {
      name: 'session_id',
      type: 'string',
      description: 'The visit: visitor_key, "@", and its first second; 30 minutes idle end it.',
    },
    ...PRODUCT,
    { name: 'product_price', type: 'decimal(12,2)', description: 'Price in the catalogue as of event time.' },
    ...POSITION,
  ],
  partition: { column: 'shop_date', transform: 'identity' },
}

export const CLICKSTREAM_TABLES: readonly TableDefinition[] = [
  LANDING_CLICKSTREAMS,
  LANDING_QUARANTINE,
  LANDING_PRODUCT_CHANGES,
  CLEAN_CLICKSTREAMS,
]
