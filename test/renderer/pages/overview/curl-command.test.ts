import { expect, test } from 'vitest'
import { curlCommand } from '../../../../src/renderer/pages/overview/curl-command.ts'

test('the command holds nothing that ends the quotes of its JSON', () => {
  const command = curlCommand('http://127.0.0.1:4318')
  const [, body = ''] = /-d '([^']*)'$/.exec(command) ?? []
  expect(JSON.parse(body)).toMatchObject({ app: 'my-first-app', status: 'ok' })
  expect(command).toContain('http://127.0.0.1:4318/v1/app-logs')
})
