import { ORPCError } from '@orpc/client'
import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { LIMITS } from '#shared/limits.ts'
import { problemsOf } from '../../../src/renderer/validation/input-problems.ts'
import { problemOfUpstream } from '../../../src/renderer/pages/settings/upstream-problems.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'

/** The console's procedures as far as their contract checks the input; what it lets through fails otherwise. */
function openClient() {
  const os = implement(contract)
  return createRouterClient({
    upstreams: {
      create: os.upstreams.create.handler(({ errors }) => {
        throw errors.CONFLICT()
      }),
      update: os.upstreams.update.handler(({ errors }) => {
        throw errors.NOT_FOUND()
      }),
    },
    budgets: {
      create: os.budgets.create.handler(({ errors }) => {
        throw errors.CONFLICT()
      }),
    },
    channels: {
      create: os.alerts.channels.create.handler(({ errors }) => {
        throw errors.CONFLICT()
      }),
    },
    costConfigs: {
      create: os.costConfigs.create.handler(({ errors }) => {
        throw errors.CONFLICT()
      }),
    },
    settings: {
      update: os.settings.update.handler(() => {
        throw new ORPCError('STORE_UNAVAILABLE')
      }),
    },
  })
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('the call did not fail')
    },
    (error: unknown) => error,
  )
}

describe('what the console refuses is told by field, in words of the language', () => {
  test.each([
    ['api.openai.com', 'invalid.scheme'],
    ['https://host test', 'invalid.ascii'],
    ['https://host.test?x=1', 'invalid.query'],
    ['https://user:password@host.test', 'invalid.credentials'],
    ['https://host.test:99999', 'invalid.url'],
    [`https://host.test/${'x'.repeat(LIMITS.upstreamUrlLength)}`, 'invalid.tooLong'],
  ])('the base URL %s', async (baseUrl, key) => {
    const client = openClient()
    const error = await failureOf(client.upstreams.create({ name: 'mine', baseUrl, flavour: 'openai' }))
    expect(problemsOf(error).get('baseUrl')?.key).toBe(key)
    expect(i18n.global.te(key, 'zh-CN')).toBe(true)
  })

  test('a name and a base URL at once', async () => {
    const client = openClient()
    const error = await failureOf(client.upstreams.create({ name: 'A b', baseUrl: '', flavour: 'openai' }))
    expect([...problemsOf(error)]).toEqual([
      ['name', { key: 'invalid.upstreamName' }],
      ['baseUrl', { key: 'invalid.scheme' }],
    ])
  })

  test.each([
    ['https://app.example.com/path', { key: 'invalid.origin' }],
    ['null', { key: 'invalid.origin' }],
    ['*', { key: 'invalid.origin' }],
    [
      `https://${'x'.repeat(LIMITS.originLength)}.test`,
      { key: 'invalid.tooLong', limit: LIMITS.originLength },
    ],
  ])('the origin %s', async (origin, problem) => {
    const client = openClient()
    const error = await failureOf(client.settings.update({ allowedOrigins: ['https://fine.test', origin] }))
    expect(problemsOf(error).get('allowedOrigins')).toEqual(problem)
  })

  test('too many origins', async () => {
    const client = openClient()
    const allowedOrigins = Array.from(
      { length: LIMITS.allowedOrigins + 1 },
      (_, index) => `https://a${index}.test`,
    )
    const error = await failureOf(client.settings.update({ allowedOrigins }))
    expect(problemsOf(error).get('allowedOrigins')).toEqual({
      key: 'invalid.tooManyOrigins',
      limit: LIMITS.allowedOrigins,
    })
  })

  test.each([
    ['amount', { amount: NaN }, { key: 'invalid.number' }],
    ['amount', { amount: 0 }, { key: 'invalid.positive' }],
    ['amount', { amount: 1e12 }, { key: 'invalid.tooLarge', limit: LIMITS.budgetAmount }],
    ['name', { name: ' ' }, { key: 'invalid.empty' }],
    [
      'scope.app',
      { scope: { app: 'x'.repeat(LIMITS.nameLength + 1) } },
      { key: 'invalid.tooLong', limit: LIMITS.nameLength },
    ],
  ])('%s of a budget', async (field, part, problem) => {
    const { budgets } = openClient()
    const error = await failureOf(budgets.create({ name: 'x', period: 'day', amount: 1, ...part }))
    expect(problemsOf(error).get(field)).toEqual(problem)
  })

  test.each([
    [
      'headers',
      { headers: { 'Content-Type': 'text/plain' } },
      { key: 'invalid.headerTaken', name: 'content-type' },
    ],
    ['headers', { headers: { 'X-\u00e4': '1' } }, { key: 'invalid.header' }],
    ['bodyTemplate', { bodyTemplate: '{"a": "{ruel}"}' }, { key: 'invalid.unknownField', name: 'ruel' }],
    [
      'name',
      { name: 'x'.repeat(LIMITS.nameLength + 1) },
      { key: 'invalid.tooLong', limit: LIMITS.nameLength },
    ],
    ['url', { url: 'hook' }, { key: 'invalid.scheme' }],
  ])('%s of a webhook', async (field, part, problem) => {
    const { channels } = openClient()
    const channel = { type: 'webhook', name: 'x', url: 'https://host.test', ...part } as const
    const error = await failureOf(channels.create(channel))
    expect(problemsOf(error).get(field)).toEqual(problem)
  })

  test('too many recipients of an e-mail', async () => {
    const to = Array.from({ length: LIMITS.emailRecipients + 1 }, (_, index) => `p${index}@host.test`)
    const mail = { type: 'email', name: 'x', host: 'host.test', from: 'a@host.test', to } as const
    const error = await failureOf(openClient().channels.create(mail))
    expect(problemsOf(error).get('to')).toEqual({ key: 'invalid.tooMany', limit: LIMITS.emailRecipients })
  })

  test('the lengths of a price, each by its place', async () => {
    const rates = { inputPerMillion: 1, outputPerMillion: 1 }
    const problemsOfTiers = async (...tiers: object[]) => {
      const { costConfigs } = openClient()
      const price = {
        model: 'x',
        ...rates,
        tiers: tiers.map((tier) => ({ aboveInputTokens: 9, ...rates, ...tier })),
      }
      return problemsOf(await failureOf(costConfigs.create(price)))
    }
    expect(
      Object.fromEntries(await problemsOfTiers({}, { aboveInputTokens: NaN, inputPerMillion: -1 })),
    ).toMatchObject({
      'tiers.1.aboveInputTokens': { key: 'invalid.number' },
      'tiers.1.inputPerMillion': { key: 'invalid.negative' },
    })
    expect([...(await problemsOfTiers({}, {}))]).toEqual([['tiers', { key: 'invalid.tiersAscend' }]])
    expect((await problemsOfTiers({ aboveInputTokens: 1e12 })).get('tiers.0.aboveInputTokens')).toEqual({
      key: 'invalid.tooLarge',
      limit: LIMITS.tokens,
    })
  })

  test('a failure that is not the input’s has no field', async () => {
    const error = await failureOf(openClient().settings.update({ allowedOrigins: [] }))
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(problemsOf(error).size).toBe(0)
    expect(problemsOf(new Error('broken')).size).toBe(0)
  })
})

describe('an upstream that is not saved', () => {
  const mine = { name: 'openai', baseUrl: 'https://host.test', flavour: 'openai' } as const

  test('has a name that is taken', async () => {
    const error = await failureOf(openClient().upstreams.create(mine))
    expect([...problemOfUpstream(error, { isNew: true, isNameTaken: true })]).toEqual([
      ['name', { key: 'invalid.upstreamTaken' }],
    ])
  })

  test('is one too many', () => {
    const problems = problemOfUpstream(new ORPCError('CONFLICT'), { isNew: true, isNameTaken: false })
    expect(problems.get('general')?.key).toBe('invalid.tooManyUpstreams')
  })

  test('is gone', async () => {
    const error = await failureOf(openClient().upstreams.update({ ...mine, name: 'gone' }))
    expect(problemOfUpstream(error, { isNew: false, isNameTaken: false }).get('general')?.key).toBe(
      'upstreams.gone',
    )
  })
})
