import { expect, test } from 'vitest'
import { downloadCommands, setVariables } from '../../src/renderer/pages/connect/snippets/shell.ts'
import type { SnippetContext } from '../../src/renderer/pages/connect/snippets/snippet.ts'
import { consoleForTest } from '../start-console.ts'
import { bash, makeAppFolder } from './run-snippet.ts'

const open: SnippetContext = { url: 'http://127.0.0.1:4318', token: null, shell: 'sh' }

test('a value that a shell would change is quoted, in the way of the shell', () => {
  const variables = { PLAIN: 'http://127.0.0.1:4318', ODD: `it's $HOME` }
  expect(setVariables('sh', variables)).toBe(
    `export PLAIN=http://127.0.0.1:4318\nexport ODD='it'\\''s $HOME'`,
  )
  expect(setVariables('powershell', variables)).toBe(
    `$env:PLAIN = 'http://127.0.0.1:4318'\n$env:ODD = 'it''s $HOME'`,
  )
})

test('bash reads the values as they were', async () => {
  const lines = setVariables('sh', { ODD: `it's $HOME; "x" %20` })
  expect(await bash(makeAppFolder(), `${lines}\nprintf %s "$ODD"`)).toBe(`it's $HOME; "x" %20`)
})

test('the downloads name the collector, put each file where it belongs and send the token', () => {
  const files = [{ path: 'app_log.py' }, { path: 'java/AppLog.java', target: 'llmops/AppLog.java' }]
  expect(downloadCommands(open, files)).toBe(
    'curl -f -O http://127.0.0.1:4318/sdk/app_log.py\n' +
      'curl -f --create-dirs -o llmops/AppLog.java http://127.0.0.1:4318/sdk/java/AppLog.java',
  )
  expect(downloadCommands({ ...open, token: 's3cret', shell: 'powershell' }, files.slice(0, 1))).toBe(
    `curl.exe -f -H 'Authorization: Bearer s3cret' -O http://127.0.0.1:4318/sdk/app_log.py`,
  )
})

test('a download that is refused leaves no file behind', async () => {
  const { url } = await consoleForTest()
  const folder = makeAppFolder()
  const command = downloadCommands({ ...open, url }, [{ path: 'no-such-file.py' }])
  expect((await bash(folder, `${command} 2>/dev/null || true\nls -A`)).trim()).toBe('node_modules')
})
