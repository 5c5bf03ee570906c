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
  HEM_CONFIG_INVALID: { status: 400, retryable: false, meaning: 'An option or environment variable has a value that cannot be used.' },
  HEM_DATA_FOLDER_IN_USE: { status: 409, retryable: true, meaning: 'Another Hemline runs on the same data folder.' },
  HEM_PORT_IN_USE: { status: 409, retryable: true, meaning: 'The port is taken by another program.' },
  HEM_FILE_UNREADABLE: { status: 400, retryable: false, meaning: 'A file named on the command line cannot be read.' },
  HEM_INTERNAL: { status: 500, retryable: true, meaning: 'A fault of ours; the log has the details.' },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERROR_CODES
