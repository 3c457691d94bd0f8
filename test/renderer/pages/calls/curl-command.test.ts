import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { AppLog } from '#shared/contract/app-logs.ts'
import { curlCommand } from '../../../../src/renderer/pages/calls/detail/curl-command.ts'

const call = (given: Partial<AppLog>) =>
  ({ provider: null, model: 'answered', requestModel: 'asked', attributes: {}, ...given }) as AppLog

/** The words that a shell makes of a command in place of curl. */
function wordsOf(command: string | undefined): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command ?? ''}`
  const env = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' }
  return execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1)
}
const bodyOf = (words: string[]): unknown => JSON.parse(words.at(-1) ?? '')

test('a shell takes nothing in a prompt for its own', () => {
  const prompt = `it's "$(touch /tmp/x)" \`id\` $HOME \\ \n; 'exit 1'`
  const words = wordsOf(curlCommand(call({ prompt, attributes: { 'gen_ai.request.temperature': 0 } })))
  expect(words[0]).toBe('https://api.openai.com/v1/chat/completions')
  expect(bodyOf(words)).toEqual({
    model: 'asked',
    temperature: 0,
    messages: [{ role: 'user', content: prompt }],
  })
})

test('messages are sent as they were', () => {
  const prompt = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b' } }] }]
  expect(bodyOf(wordsOf(curlCommand(call({ prompt }))))).toMatchObject({ messages: prompt })
})

test("Anthropic's system is beside its messages", () => {
  const prompt = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ]
  const words = wordsOf(curlCommand(call({ provider: 'anthropic', prompt })))
  expect(words).toContain('x-api-key: k')
  expect(bodyOf(words)).toMatchObject({ system: 'Be brief.', messages: [{ role: 'user', content: 'Hi' }] })
})

test('what was not recorded cannot be asked again', () => {
  expect(curlCommand(call({ prompt: null }))).toBeUndefined()
})
