/**
 * cli/settings: the flags that every command touching a data folder shares.
 *
 * In: a command.
 * Out: the command with its flags, and the settings they give.
 * Invariant: a flag wins over the environment, which wins over the default.
 */
import type { Command } from 'commander'
import { readConfig, type Config } from '../config.ts'

interface SettingFlags {
  readonly data?: string
  readonly port?: string
  readonly host?: string
  readonly pgPort?: string
  readonly timeZone?: string
}

export function withDataFlag(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder (default: ./hemline-data, or HEMLINE_DATA)')
    .option('--time-zone <zone>', "the shop's time zone (default: this machine's, or HEMLINE_TIME_ZONE)")
}

export function withServerFlags(command: Command): Command {
  return withDataFlag(command)
    .option('--port <number>', 'port (default: 8787, or HEMLINE_PORT)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, or HEMLINE_HOST)')
    .option('--pg-port <number>', 'port of the PostgreSQL protocol (default: none, or HEMLINE_PG_PORT)')
}

/** @param flags of a command that `withDataFlag` or `withServerFlags` has added to */
export function configOf(flags: object): Config {
  const { data, port, host, pgPort, timeZone }: SettingFlags = flags
  return readConfig({ dataFolder: data, port, host, pgPort, timeZone })
}
