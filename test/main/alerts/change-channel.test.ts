import { expect, test } from 'vitest'
import { changeConfig } from '../../../src/main/alerts/change-channel.ts'
import { maskUrl, partChannel } from '../../../src/main/alerts/channel-config.ts'
import type { NewChannel } from '../../../src/shared/contract/alerts/channels.ts'
import { newChannelSchema, SECRET_MASK } from '../../../src/shared/contract/alerts/channels.ts'

const HOOK = 'https://hooks.slack.com/services/T000/B000/secretpart9Zq'

function part(given: unknown) {
  const channel: NewChannel = newChannelSchema.parse(given)
  return partChannel(channel)
}

const slack = part({ type: 'slack', name: 'Slack', url: HOOK })
const generic = part({
  type: 'webhook',
  name: 'Hook',
  url: 'https://example.com/hook',
  secret: 'key',
  headers: { Authorization: 'Bearer x' },
})
const email = part({
  type: 'email',
  name: 'Mail',
  host: 'mail.example.com',
  username: 'ops',
  password: 'pass',
  from: 'a@example.com',
  to: ['b@example.com'],
})

test('the address of a chat product is a secret, that of a webhook is not', () => {
  expect(slack.secrets).toEqual({ url: HOOK })
  expect(slack.config).toMatchObject({ url: `https://hooks.slack.com/${SECRET_MASK}t9Zq` })
  expect(JSON.stringify(slack.config)).not.toContain('secretpart')
  expect(generic.config).toMatchObject({ url: 'https://example.com/hook', headerNames: ['Authorization'] })
  expect(JSON.stringify(generic.config)).not.toContain('Bearer')
  expect(maskUrl('https://example.com/short')).toBe(`https://example.com/${SECRET_MASK}`)
})

test('what is not given, or given as it was shown, stays', () => {
  const shown = 'url' in slack.config ? slack.config.url : ''
  expect(changeConfig(slack.config, slack.secrets, { url: shown })).toEqual({ config: slack.config })
  expect(changeConfig(generic.config, generic.secrets, { bodyTemplate: '{}' })).toEqual({
    config: { ...generic.config, bodyTemplate: '{}' },
  })
  expect(
    changeConfig(generic.config, generic.secrets, { headers: { authorization: SECRET_MASK, 'X-New': '1' } }),
  ).toMatchObject({ secrets: { secret: 'key', headers: { authorization: 'Bearer x', 'X-New': '1' } } })
})

test('a form that gives everything back as it was shown changes nothing, even if secrets are lost', () => {
  const shown = { url: 'https://example.com/hook', headers: { Authorization: SECRET_MASK }, bodyTemplate: '' }
  expect(changeConfig(generic.config, generic.secrets, shown)).toEqual({ config: generic.config })
  expect(changeConfig(generic.config, undefined, shown)).toEqual({ config: generic.config })
})

test('null removes a secret, and a new one takes the place of the old', () => {
  expect(changeConfig(generic.config, generic.secrets, { secret: null, headers: {} })).toMatchObject({
    config: { secretNames: [], headerNames: [] },
    secrets: {},
  })
  expect(changeConfig(email.config, email.secrets, { password: 'new' })).toMatchObject({
    secrets: { password: 'new' },
  })
  expect(changeConfig(email.config, email.secrets, { password: null })).toMatchObject({ secrets: {} })
})

test('a secret is not taken along to another host, nor into the clear', () => {
  expect(changeConfig(email.config, email.secrets, { host: 'evil.example' })).toBe('secret-needed')
  expect(changeConfig(email.config, email.secrets, { port: 2525 })).toBe('secret-needed')
  expect(changeConfig(email.config, email.secrets, { security: 'none' })).toBe('secret-needed')
  expect(changeConfig(email.config, email.secrets, { host: 'new.example', password: 'pass' })).toMatchObject({
    config: { host: 'new.example' },
    secrets: { password: 'pass' },
  })
  const url = 'https://evil.example/hook'
  expect(changeConfig(generic.config, generic.secrets, { url })).toBe('secret-needed')
  expect(
    changeConfig(generic.config, generic.secrets, { url, headers: { Authorization: SECRET_MASK } }),
  ).toBe('secret-needed')
  expect(
    changeConfig(generic.config, generic.secrets, { url, headers: { Authorization: 'own' } }),
  ).toMatchObject({
    config: { url },
  })
})

test('lost secrets stay lost until all of them are given again', () => {
  expect(changeConfig(generic.config, undefined, { allowPrivateAddresses: true })).toEqual({
    config: { ...generic.config, allowPrivateAddresses: true },
  })
  expect(changeConfig(generic.config, undefined, { secret: 'key' })).toBe('secret-needed')
  expect(
    changeConfig(generic.config, undefined, { headers: { Authorization: SECRET_MASK }, secret: 'k' }),
  ).toBe('secret-needed')
  expect(
    changeConfig(generic.config, undefined, { secret: 'key', headers: { Authorization: 'x' } }),
  ).toMatchObject({ secrets: { secret: 'key', headers: { Authorization: 'x' } } })
  expect(changeConfig(slack.config, undefined, { url: HOOK })).toEqual(slack)
})

test('masks that stand for nothing, and fields of other channels, are refused', () => {
  expect(changeConfig(slack.config, slack.secrets, { url: `https://evil.example/${SECRET_MASK}` })).toBe(
    'masked',
  )
  expect(changeConfig(slack.config, slack.secrets, { headers: { 'X-A': SECRET_MASK } })).toBe('masked')
  expect(changeConfig(slack.config, slack.secrets, { host: 'mail.example.com' })).toBe('other-type')
  expect(changeConfig(email.config, email.secrets, { url: HOOK })).toBe('other-type')
})
