/**
 * sql/functions: the functions a query may call.
 *
 * In: nothing; these are lists.
 * Out: allowed scalar, aggregate, window and table functions, and operators, by lower-case name.
 * Invariant: nothing here reads a file, a setting, a secret or the catalogue, sleeps, logs, or changes state.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const OPERATORS = words('+ - * / // % ** ^ & | ~ << >> || ! !~~ ~~ !~~* ~~* ~~~ -> ->> @ @> <@ ^@ && !__postfix')

const AGGREGATES = words(`
  any_value approx_count_distinct approx_quantile arbitrary arg_max arg_min array_agg avg bit_and bit_or bit_xor bool_and
  bool_or corr count count_if count_star countif covar_pop covar_samp entropy first group_concat histogram kurtosis last list
  listagg mad max max_by mean median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy
  regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy skewness stddev stddev_pop stddev_samp string_agg
  sum var_pop var_samp variance grouping grouping_id`)

const WINDOWS = words(`
  cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`)

const NUMBERS = words(`
  abs acos asin atan atan2 cbrt ceil ceiling cos cosh cot degrees divide even exp factorial floor fmod gcd greatest isfinite
  isinf isnan lcm least ln log log10 log2 mod multiply pi pow power radians random round sign sin sinh sqrt subtract add tan
  tanh trunc xor bit_count hash setbit get_bit`)

const STRINGS = words(`
  ascii bar base64 bin chr concat concat_ws contains damerau_levenshtein ends_with format from_base64 from_hex hamming hex
  instr jaccard jaro_similarity jaro_winkler_similarity lcase left len length levenshtein like_escape not_like_escape
  ilike_escape not_ilike_escape lower lpad ltrim md5 nfc_normalize octet_length ord position prefix printf regexp_escape
  regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array replace reverse
  right rpad rtrim sha1 sha256 split split_part starts_with str_split str_split_regex string_split string_split_regex
  string_to_array strip_accents strlen strpos substr substring suffix to_base to_base64 to_hex translate trim ucase unhex
  unicode upper url_decode url_encode decode encode char_length character_length bit_length`)

const TIMES = words(`
  age century current_date date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname
  dayofmonth dayofweek dayofyear decade epoch epoch_ms epoch_us get_current_timestamp hour isodow isoyear last_day make_date
  make_time make_timestamp millisecond microsecond minute month monthname now quarter second strftime strptime time_bucket
  timezone to_days to_hours to_microseconds to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp
  to_weeks to_years today transaction_timestamp try_strptime week weekday weekofyear year yearweek current_localtimestamp
  current_localtime days_in_month`)

const COLLECTIONS = words(`
  array_agg array_append array_concat array_contains array_distinct array_extract array_filter array_has array_has_all
  array_has_any array_intersect array_length array_position array_prepend array_reverse array_reverse_sort array_slice
  array_sort array_to_string array_transform array_unique array_zip cardinality element_at filter flatten list_aggregate
  list_append list_apply list_avg list_concat list_contains list_count list_distinct list_element list_extract list_filter
  list_first list_has_all list_has_any list_intersect list_last list_max list_median list_min list_position list_prepend
  list_reduce list_reverse list_reverse_sort list_slice list_sort list_sum list_transform list_unique list_value list_zip
  map map_concat map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values reduce row
  struct_extract struct_extract_at struct_insert struct_pack array_value apply unnest range generate_series`)

const JSON_FUNCTIONS = words(`
  json json_array json_array_length json_contains json_exists json_extract json_extract_path json_extract_path_text
  json_extract_string json_keys json_merge_patch json_object json_quote json_structure json_type json_valid json_value
  row_to_json to_json array_to_json json_group_array json_group_object`)

const OTHERS = words('coalesce ifnull if nullif typeof uuid gen_random_uuid switch constant_or_null')

/** Functions made by the prelude, named as in Trino. `prelude.ts` is held to this list by a test. */
export const PRELUDE_FUNCTIONS = words(`
  approx_distinct approx_percentile array_except array_join array_max array_min array_remove array_union
  arrays_overlap at_timezone bitwise_and bitwise_not bitwise_or bitwise_xor cardinality codepoint concat date date_add
  date_diff date_format date_trunc day_of_month day_of_week day_of_year dow doy e element_at every from_iso8601_date
  from_iso8601_timestamp from_unixtime from_utf8 geometric_mean greatest hamming_distance infinity is_finite
  is_infinite is_json_scalar is_nan json_extract_scalar json_format json_parse json_size last_day_of_month least
  levenshtein_distance map_agg millisecond nan array_position regexp_count regexp_extract regexp_like regexp_replace
  regexp_split sequence slice to_iso8601 to_unixtime to_utf8 truncate url_extract_host url_extract_parameter
  url_extract_path url_extract_protocol week_of_year width_bucket with_timezone year_of_week yow`)

export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set([
  ...OPERATORS,
  ...AGGREGATES,
  ...WINDOWS,
  ...NUMBERS,
  ...STRINGS,
  ...TIMES,
  ...COLLECTIONS,
  ...JSON_FUNCTIONS,
  ...OTHERS,
  ...PRELUDE_FUNCTIONS,
])

/** Functions that may stand in FROM. */
export const ALLOWED_TABLE_FUNCTIONS: ReadonlySet<string> = new Set(['unnest', 'range', 'generate_series'])

/** Names of types a CAST may use, beside the engine's plain ones. */
export const ALLOWED_TYPE_NAMES: ReadonlySet<string> = new Set(['json', 'varchar', 'uuid', 'date', 'timestamp'])
