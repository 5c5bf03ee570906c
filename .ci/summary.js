// Reads vitest's JSON report, prints "N passed, N failed", and refuses tests skipped without an allowed reason.
import { readFileSync } from 'node:fs'

const [, , reportPath, testExit, failedChecks] = process.argv
// A test may be skipped only where an optional file, tool or right is missing, and says so in its name.
const allowedSkip = /\(skipped: needs .+\)/

let passed = 0
let failed = Number(failedChecks)
try {
  const report = JSON.parse(readFileSync(reportPath, 'utf8'))
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0) failed += 1
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1
      else if (test.status === 'failed') failed += 1
      else if (allowedSkip.test(test.fullName)) console.log(`skipped: ${test.fullName}`)
      else {
        console.log(`skipped without an allowed reason: ${test.fullName}`)
        failed += 1
      }
    }
  }
} catch (error) {
  console.log(`no readable test report: ${error.message}`)
  failed += 1
}
if (Number(testExit) !== 0 && failed === 0) failed = 1
if (passed === 0) failed += 1
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
