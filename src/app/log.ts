/**
 * app/log: one line of JSON a noteworthy happening, on standard error.
 *
 * In: messages and plain fields.
 * Out: pino's lines.
 * Invariant: keys, mail addresses and bodies are never logged.
 */
import { destination, pino, type Logger } from 'pino'

export type { Logger } from 'pino'

export function createLog(level: string): Logger {
  const redact = [
    'key',
    'token',
    'authorization',
    'password',
    'email',
    '*.key',
    '*.token',
    '*.authorization',
    '*.email',
  ]
  return pino({ level, base: null, redact }, destination({ fd: 2, sync: true }))
}
