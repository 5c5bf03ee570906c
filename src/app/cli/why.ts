/**
 * cli/why: `hemline why VISITOR`.
 *
 * In: a visitor, and perhaps a time.
 * Out: the visitor's events, the slate after each, and what the ranker saw in the last one.
 * Invariant: reads the log itself, so that a running shop does no work for it.
 */
import { Option, type Command } from 'commander'
import { timeFlag, wholeNumberFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, progressBar } from './terminal.ts'

interface WhyFlags {
  readonly at?: string
  readonly records: string
  readonly limit: string
  readonly language: 'en' | 'vi'
  readonly json?: boolean
}

export function addWhyCommand(program: Command): void {
  withDataFlag(program.command('why'))
    .description("replay the log and show how a visitor's slate came about, event by event")
    .argument('<visitor>', 'visitor_id; "user:<id>" for a user seen without one')
    .option('--at <time>', 'look at the slate as of this time, ISO 8601 (default: now)')
    .option('--records <number>', 'how many of the newest records to tell of, 1 to 100', '10')
    .option('--limit <number>', 'products a slate, 1 to 50', '10')
    .addOption(new Option('--language <code>', 'language of the reasons').choices(['en', 'vi']).default('en'))
    .option('--json', 'print the answer as JSON')
    .action(async (visitorKey: string, flags: WhyFlags) => {
      const atMs = flags.at === undefined ? null : timeFlag('--at', flags.at)
      const records = wholeNumberFlag('--records', flags.records, { least: 1, most: 100 })
      const limit = wholeNumberFlag('--limit', flags.limit, { least: 1, most: 50 })
      const config = configOf(flags)
      const [{ tellWhy }, { formatWhy }, { basePosition, loadModels, openLog }] = await Promise.all([
        import('../../tools/why/why.ts'),
        import('../../tools/why/format-why.ts'),
        import('../log-reader.ts'),
      ])
      const reader = openLog(config)
      const bar = progressBar()
      try {
        const models = await loadModels(config)
        const base = basePosition(config)
        const { onProgress } = bar
        const { language } = flags
        const answer = await tellWhy({ reader, models, base, visitorKey, atMs, records, limit, language, onProgress })
        bar.finish()
        if (flags.json) printJson(answer)
        else print(formatWhy(answer))
      } finally {
        bar.finish()
        await reader.close()
      }
    })
}
