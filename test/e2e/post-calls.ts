/**
 * A dev app for the end-to-end tests, run as a process of its own:
 *   node test/e2e/post-calls.ts <collector url> <calls as JSON>
 */
export {}

const [url, calls] = process.argv.slice(2)
if (!url || !calls) throw new Error('usage: post-calls.ts <collector url> <calls as JSON>')
const response = await fetch(`${url}/v1/app-logs`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: calls,
})
process.stdout.write(await response.text())
process.exitCode = response.ok ? 0 : 1
