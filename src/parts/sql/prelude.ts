/**
 * sql/prelude: Trino's function names and meaning, as macros of the engine.
 *
 * In: nothing; these are statements to run on a fresh instance.
 * Out: settings (UTC, whole division of integers) and macros.
 * Invariant: test/parts/sql/prelude.test.ts holds each macro to a golden result taken from Trino's documentation.
 */

/** `name(parameters)` to body. Several lines of one name are overloads by number of arguments. */
const MACROS: readonly (readonly [string, string])[] = [
  // Dates and times. Units are text, as in date_diff('day', a, b).
  ['date(x)', 'CAST(x AS DATE)'],
  ['date_diff(unit, a, b)', 'system.main.datesub(unit, a, b)'],
  ['date_trunc(unit, t)', 'cast_to_type(system.main.date_trunc(unit, t), t)'],
  [
    'date_add(unit, n, t)',
    `cast_to_type(t + CASE lower(unit)
       WHEN 'millisecond' THEN to_milliseconds(CAST(n AS BIGINT)) WHEN 'second' THEN to_seconds(CAST(n AS BIGINT))
       WHEN 'minute' THEN to_minutes(CAST(n AS BIGINT)) WHEN 'hour' THEN to_hours(CAST(n AS BIGINT))
       WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_weeks(CAST(n AS INTEGER))
       WHEN 'month' THEN to_months(CAST(n AS INTEGER)) WHEN 'quarter' THEN to_quarters(CAST(n AS INTEGER))
       WHEN 'year' THEN to_years(CAST(n AS INTEGER)) ELSE error('date_add: unknown unit ' || unit) END, t)`,
  ],
  ['day_of_week(t)', 'system.main.isodow(t)'],
  ['dow(t)', 'system.main.isodow(t)'],
  ['day_of_month(t)', 'system.main.day(t)'],
  ['day_of_year(t)', 'system.main.dayofyear(t)'],
  ['doy(t)', 'system.main.dayofyear(t)'],
  ['week_of_year(t)', 'system.main.week(t)'],
  ['year_of_week(t)', 'system.main.isoyear(t)'],
  ['yow(t)', 'system.main.isoyear(t)'],
  ['millisecond(t)', 'system.main.millisecond(t) % 1000'],
  ['last_day_of_month(t)', 'system.main.last_day(t)'],
  ['from_unixtime(s)', 'make_timestamp(CAST(s * 1000000 AS BIGINT))'],
  ['to_unixtime(t)', 'CAST(system.main.epoch(t) AS DOUBLE)'],
  ['from_iso8601_timestamp(s)', 'CAST(s AS TIMESTAMPTZ)'],
  ['from_iso8601_date(s)', 'CAST(s AS DATE)'],
  [
    'to_iso8601(t)',
    `CASE WHEN typeof(t) = 'DATE' THEN strftime(t, '%Y-%m-%d')
       WHEN typeof(t) = 'TIMESTAMP' THEN strftime(t, '%Y-%m-%dT%H:%M:%S.%g') ELSE strftime(t, '%Y-%m-%dT%H:%M:%S.%gZ') END`,
  ],
  ['with_timezone(t, zone)', 'system.main.timezone(zone, CAST(t AS TIMESTAMP))'],
  ['at_timezone(t, zone)', 'system.main.timezone(zone, CAST(t AS TIMESTAMPTZ))'],
  [
    'date_format(t, f)',
    `strftime(t, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(f,
       '%M', '%B'), '%i', '%M'), '%s', '%S'), '%W', '%A'), '%h', '%I'), '%k', '%-H'), '%l', '%-I'), '%c', '%-m'),
       '%e', '%-d'), '%T', '%H:%M:%S'), '%r', '%I:%M:%S %p'))`,
  ],
  // Text.
  ...overloads('concat', 2, 8, (names) => names.join(' || ')),
  ['codepoint(s)', 'system.main.unicode(s)'],
  ['hamming_distance(a, b)', 'system.main.hamming(a, b)'],
  ['levenshtein_distance(a, b)', 'system.main.levenshtein(a, b)'],
  ['to_utf8(s)', 'system.main.encode(s)'],
  ['from_utf8(b)', 'system.main.decode(b)'],
  ['regexp_like(s, p)', 'system.main.regexp_matches(s, p)'],
  ['regexp_extract(s, p)', 'CASE WHEN system.main.regexp_matches(s, p) THEN system.main.regexp_extract(s, p) END'],
  [
    'regexp_extract(s, p, g)',
    'CASE WHEN system.main.regexp_matches(s, p) THEN system.main.regexp_extract(s, p, g) END',
  ],
  ['regexp_replace(s, p)', `system.main.regexp_replace(s, p, '', 'g')`],
  ['regexp_replace(s, p, r)', `system.main.regexp_replace(s, p, regexp_replace_groups(r), 'g')`],
  ['regexp_split(s, p)', 'system.main.regexp_split_to_array(s, p)'],
  ['regexp_count(s, p)', 'len(system.main.regexp_extract_all(s, p))'],
  ['url_extract_protocol(u)', `nullif(system.main.regexp_extract(u, '^([A-Za-z][A-Za-z0-9+.-]*):', 1), '')`],
  [
    'url_extract_host(u)',
    `nullif(system.main.regexp_extract(u, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@]*@)?([^/:?#]+)', 1), '')`,
  ],
  [
    'url_extract_path(u)',
    `CASE WHEN u IS NOT NULL THEN system.main.regexp_extract(u, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)', 1) END`,
  ],
  [
    'url_extract_parameter(u, name)',
    `CASE WHEN system.main.regexp_matches(u, '[?&]' || system.main.regexp_escape(name) || '=')
       THEN url_decode(replace(system.main.regexp_extract(u, '[?&]' || system.main.regexp_escape(name) || '=([^&#]*)', 1), '+', ' ')) END`,
  ],
  // JSON.
  ['json_parse(s)', 'CAST(s AS JSON)'],
  ['json_format(j)', 'CAST(json(j) AS VARCHAR)'],
  [
    'json_extract_scalar(j, path)',
    `CASE WHEN json_type(j, path) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE json_extract_string(j, path) END`,
  ],
  [
    'json_size(j, path)',
    `CASE json_type(j, path) WHEN 'ARRAY' THEN json_array_length(j, path) WHEN 'OBJECT' THEN len(json_keys(j, path))
       ELSE CASE WHEN json_exists(j, path) THEN 0 END END`,
  ],
  ['is_json_scalar(j)', `json_type(j) NOT IN ('OBJECT', 'ARRAY')`],
  // Numbers.
  ...overloads('greatest', 2, 6, (names) => nullAware('greatest', names)),
  ...overloads('least', 2, 6, (names) => nullAware('least', names)),
  ['truncate(x)', 'system.main.trunc(x)'],
  ['e()', 'system.main.exp(1)'],
  ['infinity()', `CAST('Infinity' AS DOUBLE)`],
  ['nan()', `CAST('NaN' AS DOUBLE)`],
  ['is_nan(x)', 'system.main.isnan(x)'],
  ['is_finite(x)', 'system.main.isfinite(x)'],
  ['is_infinite(x)', 'system.main.isinf(x)'],
  ['bitwise_and(a, b)', 'a & b'],
  ['bitwise_or(a, b)', 'a | b'],
  ['bitwise_xor(a, b)', 'system.main.xor(a, b)'],
  ['bitwise_not(a)', '~a'],
  [
    'width_bucket(x, low, high, n)',
    'CASE WHEN x < low THEN 0 WHEN x >= high THEN n + 1 ELSE CAST(floor((x - low) * 1.0 / (high - low) * n) AS BIGINT) + 1 END',
  ],
  // Arrays and maps.
  ['element_at(c, k)', 'c[k]'],
  ['cardinality(a)', 'system.main.len(a)'],
  ['array_join(a, separator)', 'array_to_string(a, separator)'],
  [
    'array_join(a, separator, missing)',
    'array_to_string(list_transform(a, lambda x: coalesce(CAST(x AS VARCHAR), missing)), separator)',
  ],
  ['array_max(a)', 'CASE WHEN len(list_filter(a, lambda x: x IS NULL)) = 0 THEN list_max(a) END'],
  ['array_min(a)', 'CASE WHEN len(list_filter(a, lambda x: x IS NULL)) = 0 THEN list_min(a) END'],
  ['array_position(a, x)', 'coalesce(system.main.list_position(a, x), 0)'],
  ['array_remove(a, x)', 'list_filter(a, lambda y: y <> x)'],
  ['array_except(a, b)', 'list_distinct(list_filter(a, lambda x: NOT list_contains(b, x)))'],
  ['array_union(a, b)', 'list_distinct(list_concat(a, b))'],
  ['arrays_overlap(a, b)', 'list_has_any(a, b)'],
  [
    'slice(a, start, n)',
    'CASE WHEN start < 0 THEN a[len(a) + start + 1 : len(a) + start + n] ELSE a[start : start + n - 1] END',
  ],
  ['sequence(a, b)', 'system.main.generate_series(a, b)'],
  ['sequence(a, b, step)', 'system.main.generate_series(a, b, step)'],
  // Aggregates.
  ['approx_distinct(x)', 'approx_count_distinct(x)'],
  ['approx_percentile(x, p)', 'approx_quantile(x, p)'],
  ['every(x)', 'bool_and(x)'],
  ['geometric_mean(x)', 'exp(avg(ln(x)))'],
  ['map_agg(k, v)', 'map(list(k), list(v))'],
]

/** Statements that give a fresh instance the dialect; run them before the configuration is locked. */
export function preludeStatements(): readonly string[] {
  const bodies = new Map<string, string[]>()
  for (const [signature, body] of MACROS) {
    const open = signature.indexOf('(')
    const name = signature.slice(0, open)
    const overloadsOfName = bodies.get(name) ?? []
    overloadsOfName.push(`${signature.slice(open)} AS ${body}`)
    bodies.set(name, overloadsOfName)
  }
  return [
    `SET TimeZone = 'UTC'`,
    `SET integer_division = true`,
    `CREATE MACRO regexp_replace_groups(r) AS system.main.regexp_replace(r, '\\$(\\d)', '\\\\\\1', 'g')`,
    ...[...bodies].map(([name, forms]) => `CREATE MACRO ${name}${forms.join(', ')}`),
  ]
}

/** Names the prelude defines. */
export function preludeNames(): readonly string[] {
  return [...new Set(MACROS.map(([signature]) => signature.slice(0, signature.indexOf('('))))]
}

function overloads(
  name: string,
  least: number,
  most: number,
  body: (names: readonly string[]) => string,
): readonly (readonly [string, string])[] {
  return Array.from({ length: most - least + 1 }, (_, index) => {
    const names = Array.from({ length: least + index }, (_, position) => `a${position + 1}`)
    return [`${name}(${names.join(', ')})`, body(names)] as const
  })
}

/** Trino answers NULL as soon as one argument is NULL. */
function nullAware(name: string, names: readonly string[]): string {
  const missing = names.map((argument) => `${argument} IS NULL`).join(' OR ')
  return `CASE WHEN ${missing} THEN NULL ELSE system.main.${name}(${names.join(', ')}) END`
}
