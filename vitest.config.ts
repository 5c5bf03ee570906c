import { defineConfig } from 'vitest/config'

const report = process.env['HEMLINE_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'deploy/test/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
