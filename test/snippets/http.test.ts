import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { sendCallCommand } from '../../src/renderer/pages/connect/snippets/http.ts'
import { consoleForTest } from '../start-console.ts'
import { bash, makeAppFolder } from './run-snippet.ts'

test('the curl command stores a call as it stands', async () => {
  const { url } = await consoleForTest()
  const answer = await bash(makeAppFolder(), sendCallCommand({ url, token: null, shell: 'sh' }))
  expect(JSON.parse(answer)).toMatchObject({ accepted: 1, rejected: 0 })
})

test('where a token is demanded, the command sends it', async () => {
  const opened = await consoleForTest()
  const client: ConsoleClient = createRouterClient(opened.console.router)
  await client.settings.update({ requireToken: true })
  const { token } = await client.collector.appToken()
  const send = (given: string | null) =>
    bash(makeAppFolder(), sendCallCommand({ url: opened.url, token: given, shell: 'sh' }))

  expect(JSON.parse(await send(token))).toMatchObject({ accepted: 1 })
  expect(JSON.parse(await send(null))).toMatchObject({ error: { code: 'token' } })
})

test('the PowerShell command holds the same call within quotes that change nothing', () => {
  const command = sendCallCommand({ url: 'http://127.0.0.1:4318', token: 's3cret', shell: 'powershell' })
  const [, body = ''] = /-Body '([^']*)'$/.exec(command) ?? []
  expect(JSON.parse(body)).toMatchObject({ app: 'my-first-app', status: 'ok' })
  expect(command).toContain(`-Headers @{ Authorization = 'Bearer s3cret' }`)
})
