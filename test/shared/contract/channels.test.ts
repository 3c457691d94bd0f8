import { expect, test } from 'vitest'
import { CHANNEL_TYPES, newChannelSchema } from '#shared/contract/alerts/channels.ts'

const FIELDS = { name: 'Team', url: 'https://hooks.example.com/1', host: 'mail.example.com' }
const MAIL = { ...FIELDS, from: 'console@example.com', to: ['ops@example.com'] }

test.each(CHANNEL_TYPES)('a user can add a channel of type %s, unless the console has it already', (type) => {
  expect(newChannelSchema.safeParse({ ...MAIL, type }).success).toBe(type !== 'os' && type !== 'inApp')
})
