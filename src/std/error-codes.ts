/**
 * std/error-codes: the closed list of error codes.
 *
 * In: nothing.
 * Out: for each code the HTTP status, whether a retry may help, and one sentence of meaning.
 * Invariant: docs/errors.md lists exactly these codes, with these sentences (held by a test).
 */
interface ErrorKind {
  readonly status: number
  readonly retryable: boolean
  readonly meaning: string
}

export const ERROR_CODES = {
  HEM_CONFIG_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'An option or environment variable has a value that cannot be used.',
  },
  HEM_DATA_FOLDER_IN_USE: { status: 409, retryable: true, meaning: 'Another Hemline runs on the same data folder.' },
  HEM_DATA_FOLDER_UNUSABLE: { status: 400, retryable: false, meaning: 'The data folder cannot be made or written to.' },
  HEM_PORT_IN_USE: { status: 409, retryable: true, meaning: 'The port is taken by another program.' },
  HEM_FILE_UNREADABLE: { status: 400, retryable: false, meaning: 'A file named on the command line cannot be read.' },
  HEM_HTTP_PARAMETER_UNKNOWN: {
    status: 400,
    retryable: false,
    meaning: 'A query parameter that this call does not know.',
  },
  HEM_HTTP_PARAMETER_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'A query parameter is missing, comes twice, or has a value out of its range.',
  },
  HEM_HTTP_NOT_FOUND: { status: 404, retryable: false, meaning: 'No such path, product, rule or list.' },
  HEM_HTTP_NOT_HERE: {
    status: 501,
    retryable: false,
    meaning: 'A call that only Hemline on a machine of its own answers: an open stream, ranking on demand, SQL.',
  },
  HEM_RULE_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'A rule has a field or value that cannot be used, or the shop has as many rules as it may.',
  },
  HEM_RANK_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'The body of a ranking request has a field or value that cannot be used.',
  },
  HEM_RANK_BUSY: {
    status: 503,
    retryable: true,
    meaning: 'As many lists are being ranked on demand as may be at one time.',
  },
  HEM_SERVING_SUPERSEDED: { status: 409, retryable: true, meaning: 'Another process published what pages share.' },
  HEM_SERVING_NOT_READY: { status: 503, retryable: true, meaning: 'The serving store has no list yet.' },
  HEM_SQL_REQUEST_INVALID: { status: 400, retryable: false, meaning: 'The body of a SQL request cannot be read.' },
  HEM_SQL_TOO_LONG: { status: 400, retryable: false, meaning: 'The SQL statement is longer than 16 KiB.' },
  HEM_SQL_SYNTAX: {
    status: 400,
    retryable: false,
    meaning: 'The SQL statement cannot be parsed; the message says where.',
  },
  HEM_SQL_FORBIDDEN: {
    status: 400,
    retryable: false,
    meaning: 'The SQL statement uses something other than SELECT over the tables of the lake; the message names it.',
  },
  HEM_SQL_UNKNOWN_TABLE: {
    status: 400,
    retryable: false,
    meaning: 'No table of the lake has this name; the message suggests some.',
  },
  HEM_SQL_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'The SQL statement parses but cannot run: a column, a type or a value does not fit.',
  },
  HEM_SQL_TIMEOUT: { status: 422, retryable: false, meaning: 'The query ran longer than a query may and was stopped.' },
  HEM_SQL_CANCELLED: { status: 422, retryable: true, meaning: 'Who asked the query went away or took it back.' },
  HEM_SQL_PARAMETERS: {
    status: 400,
    retryable: false,
    meaning:
      'The values for the parameters of a SQL statement do not fit: too few, too many, or of a kind that cannot be sent.',
  },
  HEM_SQL_SAVED_UNKNOWN: { status: 404, retryable: false, meaning: 'No saved question has this name.' },
  HEM_SQL_TRUNCATED: {
    status: 422,
    retryable: false,
    meaning: 'The answer is longer than 10,000 rows or 8 MiB and was cut there; the rows sent are right.',
  },
  HEM_SQL_MEMORY: { status: 422, retryable: false, meaning: 'The query needs more memory than a query may have.' },
  HEM_SQL_BUSY: { status: 503, retryable: true, meaning: 'Too many queries wait for their turn.' },
  HEM_SQL_UNAVAILABLE: {
    status: 503,
    retryable: true,
    meaning: 'The process that answers queries stopped and is being started again.',
  },
  HEM_BODY_MALFORMED: { status: 400, retryable: false, meaning: 'The body of the request is not JSON in UTF-8.' },
  HEM_BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    meaning: 'The body is larger than allowed, as sent or once decompressed.',
  },
  HEM_BODY_TOO_DEEP: { status: 400, retryable: false, meaning: 'The JSON of the body is nested deeper than allowed.' },
  HEM_BODY_ENCODING: {
    status: 415,
    retryable: false,
    meaning: 'The body is compressed in a way other than gzip, or is not what its Content-Encoding says.',
  },
  HEM_BATCH_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'The body is JSON but holds neither one entry nor a list of entries, or too many.',
  },
  HEM_KEY_MISSING: { status: 401, retryable: false, meaning: 'The call needs a key and came without one.' },
  HEM_KEY_WRONG: { status: 401, retryable: false, meaning: 'The key is not one of this shop.' },
  HEM_KEY_FORBIDDEN: {
    status: 403,
    retryable: false,
    meaning: 'The key is valid but its role does not allow this call.',
  },
  HEM_KEY_FILE_INVALID: {
    status: 500,
    retryable: false,
    meaning: 'The file of keys in the data folder cannot be used.',
  },
  HEM_RATE_LIMITED: { status: 429, retryable: true, meaning: 'More events came with this key than its rate allows.' },
  HEM_EVENT_INVALID: {
    status: 422,
    retryable: false,
    meaning: 'A field of the event has a type or value that cannot be used.',
  },
  HEM_EVENT_INCOMPLETE: { status: 422, retryable: false, meaning: 'The event lacks a field that its type needs.' },
  HEM_EVENT_TIME_INVALID: {
    status: 422,
    retryable: false,
    meaning: 'The time of the event cannot be read or cannot be true.',
  },
  HEM_EVENT_TOO_LATE: {
    status: 422,
    retryable: false,
    meaning: 'The event is older than live events may be; import it instead.',
  },
  HEM_EVENT_TOO_LARGE: {
    status: 422,
    retryable: false,
    meaning: 'The event, or one of its texts, is larger than allowed.',
  },
  HEM_EVENT_UNSAFE: {
    status: 422,
    retryable: false,
    meaning: 'The event holds text or names that are not safe to keep: broken Unicode, __proto__, too deep nesting.',
  },
  HEM_PRODUCT_INVALID: {
    status: 422,
    retryable: false,
    meaning: 'A field of the product is missing or has a value that cannot be used.',
  },
  HEM_IMPORT_ROW_UNREADABLE: {
    status: 422,
    retryable: false,
    meaning: 'A row of the imported file cannot be read in the format named.',
  },
  HEM_IMPORT_FORMAT: {
    status: 400,
    retryable: false,
    meaning: 'The imported file does not look like the format named.',
  },
  HEM_STREAM_FULL: {
    status: 503,
    retryable: true,
    meaning: 'The stream takes no more for now: its queue of unwritten events is full, or a shard is busy.',
  },
  HEM_STREAM_DISK_FULL: {
    status: 503,
    retryable: true,
    meaning: 'The disk under the stream has no room; nothing acknowledged is lost, writing resumes once there is room.',
  },
  HEM_STREAM_WRITE_FAILED: { status: 503, retryable: true, meaning: 'The stream could not be written.' },
  HEM_STREAM_READ_FAILED: { status: 503, retryable: true, meaning: 'The stream could not be read.' },
  HEM_STREAM_CLOSED: { status: 503, retryable: true, meaning: 'The stream is closing and takes no more.' },
  HEM_STREAM_RECORD_TOO_LARGE: {
    status: 413,
    retryable: false,
    meaning: 'A record of the stream is larger than allowed.',
  },
  HEM_STREAM_RECORD_CORRUPT: {
    status: 500,
    retryable: false,
    meaning: 'A record of the stream is not what was written: its checksum or form is wrong.',
  },
  HEM_BACKUP_PLACE_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'A backup cannot be put at, or read from, that place.',
  },
  HEM_BACKUP_OTHER_SHOP: {
    status: 409,
    retryable: false,
    meaning: 'The place holds a backup of another installation.',
  },
  HEM_BACKUP_MISSING: { status: 404, retryable: false, meaning: 'The place holds no backup.' },
  HEM_BACKUP_BROKEN: { status: 500, retryable: false, meaning: 'A backup lacks a file, or a file of it was altered.' },
  HEM_RESTORE_FOLDER_NOT_EMPTY: {
    status: 409,
    retryable: false,
    meaning: 'A backup is restored into an empty folder alone.',
  },
  HEM_CLEAN_ROW_INCOMPLETE: {
    status: 422,
    retryable: false,
    meaning: 'A row of landing is not in clean, since it lacks its id, its time or its visitor.',
  },
  HEM_CLEAN_ID_REUSED: {
    status: 422,
    retryable: false,
    meaning: 'A row of landing is not in clean, since its event_id stands for another event there.',
  },
  HEM_DEAD_LETTER_UNKNOWN: { status: 404, retryable: false, meaning: 'No dead letter has this number.' },
  HEM_DEAD_LETTER_RECORD_INVALID: {
    status: 422,
    retryable: false,
    meaning: 'A corrected record does not stand for the dead letter it was given for.',
  },
  HEM_STREAM_BASE_MISSING: {
    status: 500,
    retryable: false,
    meaning: 'The log has been trimmed, and the base that stands for what it no longer holds is gone.',
  },
  HEM_STREAM_ERASE_INCOMPLETE: {
    status: 503,
    retryable: true,
    meaning: 'Bytes of erased records are still in the file of the stream, since another process reads them.',
  },
  HEM_MODEL_IMAGE_NEWER: { status: 500, retryable: false, meaning: 'The model image was written by a newer Hemline.' },
  HEM_MODEL_IMAGE_BROKEN: { status: 500, retryable: false, meaning: 'The model image was cut or altered.' },
  HEM_INTERNAL: { status: 500, retryable: true, meaning: 'A fault of ours; the log has the details.' },
  HEM_MODEL_IMAGE_SUPERSEDED: { status: 409, retryable: true, meaning: 'Another writer published an image first.' },
  HEM_AWS_REFUSED: { status: 502, retryable: false, meaning: 'An AWS service does not allow what was asked of it.' },
  HEM_AWS_UNAVAILABLE: { status: 503, retryable: true, meaning: 'An AWS service did not answer, or failed.' },
  HEM_LAKE_CACHE_FULL: {
    status: 507,
    retryable: false,
    meaning: 'One run needs more lake files than the local cache may hold.',
  },
  HEM_SQL_SCAN_LIMIT: {
    status: 422,
    retryable: false,
    meaning: 'The query would read more bytes than its workgroup allows.',
  },
  HEM_SHOPDB_UNREACHABLE: { status: 503, retryable: true, meaning: "The shop's database does not answer." },
  HEM_SHOPDB_REFUSED: {
    status: 502,
    retryable: false,
    meaning: "The shop's database answers, but refuses the name, the password or the database.",
  },
  HEM_SHOPDB_SCHEMA: {
    status: 502,
    retryable: false,
    meaning: "A table or column that Hemline needs is missing in the shop's database.",
  },
  HEM_SHOPDB_READ: { status: 502, retryable: true, meaning: "Reading the shop's database failed midway." },
  HEM_SHOPDB_CHILD: { status: 500, retryable: true, meaning: "The demo shop's database process did not start." },
  HEM_SHOPDB_ORDER: {
    status: 422,
    retryable: false,
    meaning: 'An order has no lines, too many, or a product the shop does not sell.',
  },
  HEM_NIGHT_EXPECTATION: {
    status: 500,
    retryable: true,
    meaning: 'What a night copied breaks an expectation, so no mart was built from it.',
  },
  HEM_FORECAST_FILE: {
    status: 400,
    retryable: false,
    meaning: 'A file of weekly series to forecast does not have the form that docs/forecast.md describes.',
  },
  HEM_FORECAST_ROW: {
    status: 422,
    retryable: false,
    meaning: 'Rows of a file of weekly series cannot be used; the message names the first ones.',
  },
  HEM_FORECAST_NO_NIGHT: {
    status: 409,
    retryable: true,
    meaning: 'There is nothing to forecast from: no night has been copied yet.',
  },
  HEM_NIGHT_DATE_INVALID: { status: 400, retryable: false, meaning: 'A date given for a nightly run cannot be used.' },
  HEM_EXTRACT_RECONCILE: {
    status: 500,
    retryable: true,
    meaning: 'Counts or sums differ between the shop, landing and clean after a nightly copy.',
  },
  HEM_LAKE_CONFLICT: {
    status: 409,
    retryable: true,
    meaning: 'Other commits to a lake table kept coming first, or changed what this one had read.',
  },
  HEM_LAKE_OUTCOME_UNKNOWN: {
    status: 503,
    retryable: true,
    meaning:
      'The answer to a commit was lost; whether it happened can be seen from the table, and nothing was deleted.',
  },
  HEM_LAKE_CHECKPOINT_MOVED: {
    status: 409,
    retryable: false,
    meaning: 'A table already holds a later checkpoint of the same sink: another writer delivered these rows.',
  },
  HEM_LAKE_ROWS_INVALID: {
    status: 422,
    retryable: false,
    meaning: 'Rows do not fit the columns or the partitions of the table they were to be written to.',
  },
  HEM_LAKE_SNAPSHOT_MISSING: {
    status: 404,
    retryable: false,
    meaning: 'The table keeps no snapshot of the time or id asked for.',
  },
  HEM_AUDIENCE_UNKNOWN: { status: 404, retryable: false, meaning: 'An audience was asked for that holds nobody.' },
  HEM_REPORT_EMPTY: {
    status: 409,
    retryable: true,
    meaning: 'There is no night yet that a report or an audience could be made of.',
  },
  HEM_LAKE_TABLE_MISSING: { status: 404, retryable: false, meaning: 'The lake has no table of that name.' },
  HEM_LAKE_FILE_EXISTS: { status: 409, retryable: false, meaning: 'A lake file to be written is there already.' },
  HEM_LAKE_FILE_MISSING: { status: 500, retryable: false, meaning: 'A lake file that a table names is not there.' },
  HEM_LAKE_FILE_CORRUPT: { status: 500, retryable: false, meaning: 'A lake file does not hold what was written.' },
  HEM_LAKE_UNSUPPORTED: {
    status: 500,
    retryable: false,
    meaning: 'Another engine gave a lake table something that Hemline does not read or write.',
  },
  HEM_BACKTEST_CONFIG_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'A configuration to test on the log has a field or value that cannot be used.',
  },
  HEM_EXPERIMENT_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'The file of an experiment has a field or value that cannot be used.',
  },
  HEM_EXPERIMENT_UNKNOWN: {
    status: 404,
    retryable: false,
    meaning: 'No event in the lake carries the experiment or variant asked for.',
  },
  HEM_WHY_VISITOR_UNKNOWN: {
    status: 404,
    retryable: false,
    meaning: 'The log holds no event of the visitor asked for.',
  },
  HEM_SIMULATE_REFUSED: {
    status: 502,
    retryable: true,
    meaning: 'The Hemline that simulated visitors visit does not take their events.',
  },
  HEM_SIMULATE_TABLES_FILLED: {
    status: 409,
    retryable: false,
    meaning: 'The database named for the demo already holds users, products or orders.',
  },
  HEM_ERASURES_UNREADABLE: {
    status: 500,
    retryable: false,
    meaning: 'The list of erased people in the data folder cannot be read.',
  },
  HEM_FORGET_ID_INVALID: {
    status: 400,
    retryable: false,
    meaning: 'The id of who is to be forgotten is empty or too long.',
  },
  HEM_FORGET_UNKNOWN: { status: 404, retryable: false, meaning: 'A user is to be readmitted who was never erased.' },
  HEM_MOVE_TARGET_FILLED: {
    status: 409,
    retryable: false,
    meaning: 'The place that a lake is to move to holds other files or tables.',
  },
  HEM_FILE_UNWRITABLE: {
    status: 400,
    retryable: false,
    meaning: 'A file named on the command line cannot be written.',
  },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERROR_CODES
