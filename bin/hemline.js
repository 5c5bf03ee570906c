#!/usr/bin/env node
// Starts the command line on a Node that can run it, or says in words what to do.
const [major] = process.versions.node.split('.').map(Number)

if (major >= 24) {
  await import('../src/app/cli/main.ts')
} else {
  console.error(
    [
      `Hemline needs Node 24 or newer, this is ${process.version}.`,
      'The project brings its own: run `npm ci` (without --ignore-scripts) in the checkout, then',
      '`npm start` or `npx hemline …`, which use it.',
    ].join('\n'),
  )
  process.exitCode = 1
}
