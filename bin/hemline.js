#!/usr/bin/env node
// Starts the command line on a Node that can run it, or says in words what to do.
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../src/app/cli/main.ts', import.meta.url))
// Without them V8 lets garbage pile up before it looks for it: 590 MB against 400 MB while the demo fills.
const HEAP_FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=768']

const [major] = process.versions.node.split('.').map(Number)

if (major < 24) {
  console.error(
    [
      `Hemline needs Node 24 or newer, this is ${process.version}.`,
      'The project brings its own: run `npm ci` (without --ignore-scripts) in the checkout, then',
      '`npm start` or `npx hemline …`, which use it.',
    ].join('\n'),
  )
  process.exitCode = 1
} else if (process.platform === 'win32' || process.execve === undefined) {
  await import('../src/app/cli/main.ts')
} else {
  // The same process, so that signals and the exit code need no passing on.
  const flags = [...HEAP_FLAGS, '--disable-warning=ExperimentalWarning']
  process.execve(process.execPath, [process.execPath, ...flags, MAIN, ...process.argv.slice(2)], process.env)
}
