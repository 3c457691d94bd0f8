import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appLogInputSchema } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import { readNativeRecords } from '../../../src/main/ingest/index.ts'
import type { NewCall } from '../../../src/main/store/call.ts'

const ARRIVED_AT = Date.UTC(2026, 10, 24)

/** What becomes of one record that is good. */
function read(record: Record<string, unknown>): NewCall {
  const { calls, errors } = readNativeRecords([{ app: 'a', ...record }], ARRIVED_AT)
  const [call] = calls
  if (!call) throw new Error(`rejected: ${JSON.stringify(errors)}`)
  return call
}

/** Why one record is rejected. */
function rejection(record: unknown): { path: string; reason: string } | undefined {
  const { calls, rejections, errors } = readNativeRecords([record], ARRIVED_AT)
  expect({ calls: calls.length, rejected: rejections.total }).toEqual({ calls: 0, rejected: 1 })
  return errors[0] && { path: errors[0].path, reason: errors[0].reason }
}

const longName = 'x'.repeat(LIMITS.nameLength)
const NAMES = [
  'appType',
  'environment',
  'userId',
  'sessionId',
  'operation',
  'provider',
  'model',
  'requestModel',
  'errorType',
] as const
const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'totalTokens',
] as const
const HEX_IDS = ['traceId', 'spanId', 'parentSpanId'] as const
const DURATIONS = [
  { field: 'durationMs', stored: 'durationUs' },
  { field: 'ttftMs', stored: 'ttftUs' },
] as const

/** A text nested so deep that the outermost value has `depth` levels of objects. */
function nested(depth: number): unknown {
  let value: unknown = 'core'
  for (let level = 0; level < depth; level += 1) value = { value }
  return value
}

describe('a good field', () => {
  test.each(NAMES)('%s is kept as it is, an empty one as absent', (field) => {
    expect(read({ [field]: longName })[field]).toBe(longName)
    expect(read({ [field]: '名 <b>' })[field]).toBe('名 <b>')
    expect(read({ [field]: '' })[field]).toBeNull()
    expect(read({})[field]).toBeNull()
  })

  test.each(COUNTS)('%s is kept', (field) => {
    for (const count of [0, 1, LIMITS.tokens]) expect(read({ [field]: count })[field]).toBe(count)
    expect(read({})[field]).toBeNull()
  })

  test.each(DURATIONS)('$field is kept in whole microseconds', ({ field, stored }) => {
    for (const [ms, us] of [
      [0, 0],
      [1, 1000],
      [0.0004, 0],
      [1.2345, 1235],
      [LIMITS.durationMs, LIMITS.durationMs * 1000],
    ] as const) {
      expect(read({ [field]: ms })[stored]).toBe(us)
    }
    expect(read({})[stored]).toBeNull()
  })

  test.each(HEX_IDS)('%s is kept in lower case', (field) => {
    expect(read({ [field]: '0AF7651916CD43DD8448EB211C80319C' })[field]).toBe(
      '0af7651916cd43dd8448eb211c80319c',
    )
  })

  test.each([
    { given: 1_700_000_000_000, stored: 1_700_000_000_000 },
    { given: '1700000000000', stored: 1_700_000_000_000 },
    { given: '2026-11-24T08:00:00+08:00', stored: ARRIVED_AT },
    { given: undefined, stored: ARRIVED_AT },
  ])('startedAt $given is read as epoch ms', ({ given, stored }) => {
    expect(read({ startedAt: given }).startedAt).toBe(stored)
  })

  test.each([
    { name: 'text', value: '{"a":1}', body: { format: 'text', text: '{"a":1}' } },
    { name: 'empty text', value: '', body: { format: 'text', text: '' } },
    { name: 'messages', value: [{ role: 'user' }], body: { format: 'json', text: '[{"role":"user"}]' } },
    { name: 'a number', value: 0, body: { format: 'json', text: '0' } },
    { name: 'false', value: false, body: { format: 'json', text: 'false' } },
    { name: 'null', value: null, body: null },
  ])('prompt and response of $name keep their shape', ({ value, body }) => {
    expect(read({ prompt: value, response: value })).toMatchObject({ prompt: body, response: body })
  })

  test('tags and attributes are kept up to their limits', () => {
    const tags = Array.from({ length: LIMITS.tagsPerCall }, (_, index) => `tag-${index}`)
    const attributes = Object.fromEntries(
      Array.from({ length: LIMITS.attributesPerCall }, (_, index) => [`k${index}`, [index]]),
    )
    const call = read({ tags, attributes })
    expect(call.tags).toEqual(tags)
    expect(JSON.parse(call.attributes ?? '')).toEqual(attributes)
  })

  test('requestId is kept; without one a time-ordered id is made', () => {
    expect(read({ requestId: longName }).requestId).toBe(longName)
    const { calls } = readNativeRecords(Array(100).fill({ app: 'a' }), ARRIVED_AT)
    const ids = calls.map((call) => call.requestId)
    expect(new Set(ids).size).toBe(100)
    const [later] = readNativeRecords([{ app: 'a' }], ARRIVED_AT + 1).calls
    expect(ids.every((id) => id < (later?.requestId ?? ''))).toBe(true)
  })
})

describe('what the caller left out', () => {
  test.each([
    { given: {}, status: 'ok' },
    { given: { errorType: 'timeout' }, status: 'error' },
    { given: { errorMessage: 'boom' }, status: 'error' },
    { given: { errorType: '', errorMessage: '' }, status: 'ok' },
    { given: { status: 'ok', errorType: 'ignored' }, status: 'ok' },
    { given: { status: 'error' }, status: 'error' },
  ])('makes the status of $given $status', ({ given, status }) => {
    expect(read(given).status).toBe(status)
  })

  test.each([
    { given: { inputTokens: 3, outputTokens: 4 }, totalTokens: 7 },
    { given: { inputTokens: 3, outputTokens: 4, totalTokens: 9 }, totalTokens: 9 },
    { given: { inputTokens: 3 }, totalTokens: null },
    { given: { outputTokens: 0 }, totalTokens: null },
    { given: {}, totalTokens: null },
  ])('makes the total of $given $totalTokens', ({ given, totalTokens }) => {
    expect(read(given).totalTokens).toBe(totalTokens)
    expect(read(given).usageSource).toBe(Object.keys(given).length === 0 ? null : 'reported')
  })
})

describe('a reported cost', () => {
  test.each([
    { amount: 0, costNanos: 0 },
    { amount: 0.000_000_001, costNanos: 1 },
    { amount: 0.1 + 0.2, costNanos: 300_000_000 },
    { amount: LIMITS.reportedCost, costNanos: LIMITS.reportedCost * 1e9 },
  ])('of $amount USD is $costNanos', ({ amount, costNanos }) => {
    const cost = { amount, currency: 'USD' }
    expect(read({ cost })).toMatchObject({ costNanos, costSource: 'reported', reportedCost: cost })
  })

  test('in another currency is kept as reported and leaves the call unpriced', () => {
    const cost = { amount: 5, currency: 'CNY' }
    expect(read({ cost })).toMatchObject({ costNanos: null, costSource: null, reportedCost: cost })
  })

  test('that is absent leaves the call unpriced, which is not the same as free', () => {
    expect(read({})).toMatchObject({ costNanos: null, costSource: null, reportedCost: null })
  })
})

describe('a bad field', () => {
  const notText = [1, true, {}, [], null]
  const rows: { path: string; values: readonly unknown[]; reason: string | RegExp }[] = [
    ...['requestId', 'app', ...NAMES].flatMap((path) => [
      { path, values: notText, reason: 'must be text' },
      { path, values: [`${longName}x`], reason: `must be at most ${LIMITS.nameLength} characters` },
    ]),
    { path: 'app', values: [undefined], reason: 'must be text' },
    { path: 'app', values: [''], reason: 'must not be empty' },
    { path: 'requestId', values: [''], reason: 'must not be empty' },
    { path: 'errorMessage', values: notText, reason: 'must be text' },
    { path: 'status', values: ['OK', '', 1, null], reason: 'must be "ok" or "error"' },
    {
      path: 'startedAt',
      values: ['now', '', null, {}, Infinity, '2026-02-30'],
      reason: 'must be ISO 8601 or epoch ms',
    },
    ...DURATIONS.flatMap(({ field }) => [
      {
        path: field,
        values: ['1', null, NaN, JSON.parse('1e400'), -1, -0.001],
        reason: 'must be a number >= 0',
      },
      { path: field, values: [LIMITS.durationMs + 1], reason: `must be at most ${LIMITS.durationMs} ms` },
    ]),
    ...COUNTS.flatMap((path) => [
      {
        path,
        values: ['1', null, 0.5, -1, NaN, JSON.parse('1e400'), 2 ** 53],
        reason: 'must be an integer >= 0',
      },
      { path, values: [LIMITS.tokens + 1], reason: `must be at most ${LIMITS.tokens}` },
    ]),
    ...HEX_IDS.flatMap((path) => [
      { path, values: [1, null], reason: 'must be text' },
      { path, values: ['', 'xyz', '0x1', 'a'.repeat(65)], reason: 'must be hexadecimal digits' },
    ]),
    { path: 'cost', values: [1, 'USD', null, []], reason: 'must be an object with amount and currency' },
    {
      path: 'cost.amount',
      values: [{ currency: 'USD' }, { amount: -1, currency: 'USD' }, { amount: '1', currency: 'USD' }],
      reason: 'must be a number >= 0',
    },
    {
      path: 'cost.amount',
      values: [{ amount: LIMITS.reportedCost + 1, currency: 'USD' }],
      reason: `must be at most ${LIMITS.reportedCost}`,
    },
    { path: 'cost.currency', values: [{ amount: 1 }, { amount: 1, currency: 2 }], reason: 'must be text' },
    {
      path: 'cost.currency',
      values: [
        { amount: 1, currency: 'usd' },
        { amount: 1, currency: 'DOLLAR' },
      ],
      reason: 'must be an ISO 4217 code such as USD',
    },
    { path: 'tags', values: ['a', {}, null], reason: 'must be an array of text' },
    {
      path: 'tags',
      values: [Array(LIMITS.tagsPerCall + 1).fill('t')],
      reason: `must have at most ${LIMITS.tagsPerCall} items`,
    },
    { path: 'tags.1', values: [['a', 1]], reason: 'must be text' },
    { path: 'tags.0', values: [[`${longName}x`]], reason: `must be at most ${LIMITS.nameLength} characters` },
    { path: 'attributes', values: ['a', 1, [], null], reason: 'must be an object' },
    {
      path: 'attributes',
      values: [Object.fromEntries(Array.from({ length: LIMITS.attributesPerCall + 1 }, (_, i) => [i, i]))],
      reason: `must have at most ${LIMITS.attributesPerCall} keys`,
    },
  ]
  test.each(rows)('$path: $reason', ({ path, values, reason }) => {
    const [field = ''] = path.split('.')
    for (const value of values) expect(rejection({ app: 'a', [field]: value })).toEqual({ path, reason })
  })

  test.each([null, 'text', 1, true, [[]], undefined])('a record that is %j is no call', (record) => {
    expect(rejection(record)).toEqual({ path: '', reason: 'must be an object' })
  })

  test('is known for every field of the wire', () => {
    const tested = new Set(rows.map(({ path }) => path.split('.')[0]))
    // A prompt and a response may be anything.
    const fields = Object.keys(appLogInputSchema.shape).filter(
      (field) => field !== 'prompt' && field !== 'response',
    )
    expect(fields.filter((field) => !tested.has(field))).toEqual([])
  })
})

describe('nesting', () => {
  test('is kept to its limit, counted from the record', () => {
    expect(read({ prompt: nested(LIMITS.jsonDepth - 1) }).prompt?.format).toBe('json')
    expect(rejection({ app: 'a', prompt: nested(LIMITS.jsonDepth) })).toEqual({
      path: '',
      reason: `must not be nested deeper than ${LIMITS.jsonDepth}`,
    })
  })

  test('of a hundred thousand levels is refused and does no harm', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(rejection({ app: 'a', attributes: { deep } })?.reason).toContain('nested deeper')
    expect(rejection(deep)?.reason).toContain('nested deeper')
  })
})

describe('keys', () => {
  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]))

  test('of one object are kept to their limit, wherever it stands; a list may be longer', () => {
    const list = Array(LIMITS.jsonKeys + 1).fill(1)
    expect(read({ prompt: [keys(LIMITS.jsonKeys), list] }).prompt?.format).toBe('json')
    const reason = `must not hold an object of more than ${LIMITS.jsonKeys} keys`
    expect(rejection({ app: 'a', prompt: [[keys(LIMITS.jsonKeys + 1)]] })).toEqual({ path: '', reason })
    expect(rejection({ app: 'a', ...keys(LIMITS.jsonKeys) })).toEqual({ path: '', reason })
  })
})

describe('keys that mean something to JavaScript', () => {
  test('are unknown fields like any other', () => {
    const record: unknown = JSON.parse(
      '{"app":"a","__proto__":{"model":"planted","status":"error"},"constructor":{"prototype":{"userId":"planted"}},"toString":"planted"}',
    )
    const { calls, unknownFields } = readNativeRecords([record], ARRIVED_AT)
    expect(calls[0]).toMatchObject({ model: null, status: 'ok', userId: null })
    expect(unknownFields).toBe(3)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(Object.hasOwn({}, 'userId')).toBe(false)
  })

  test('in attributes change no object', () => {
    const record: unknown = JSON.parse(
      '{"app":"a","attributes":{"__proto__":{"polluted":true},"constructor":1,"plain":2}}',
    )
    const { calls } = readNativeRecords([record], ARRIVED_AT)
    const attributes: unknown = JSON.parse(calls[0]?.attributes ?? '')
    expect(attributes).toMatchObject({ plain: 2 })
    expect(attributes).not.toHaveProperty('polluted')
    expect({}).not.toHaveProperty('polluted')
  })

  test('do not stand in for a field that is missing', () => {
    const record: unknown = JSON.parse('{"__proto__":{"app":"planted"}}')
    expect(rejection(record)).toEqual({ path: 'app', reason: 'must be text' })
  })
})

describe('readNativeRecords', () => {
  test('keeps the ninety-nine when one of a hundred is bad', () => {
    const records = Array.from({ length: 100 }, (_, index) => ({
      app: index === 7 ? 5 : 'a',
      requestId: `r${index}`,
    }))
    const { calls, rejections, errors } = readNativeRecords(records, ARRIVED_AT)
    expect(calls.map((call) => call.requestId)).toEqual(
      records.filter((_, index) => index !== 7).map((r) => r.requestId),
    )
    expect({ rejected: rejections.total, errors }).toEqual({
      rejected: 1,
      errors: [{ index: 7, path: 'app', reason: 'must be text' }],
    })
  })

  test('counts unknown fields of stored calls only', () => {
    const { unknownFields } = readNativeRecords(
      [{ app: 'a', x: 1, y: 2 }, { app: 'a', z: 3 }, { x: 1 }],
      ARRIVED_AT,
    )
    expect(unknownFields).toBe(3)
  })

  test('never throws and loses no record, whatever JSON it is given', () => {
    const almostCalls = fc.record(
      Object.fromEntries(
        [...Object.keys(appLogInputSchema.shape), '__proto__'].map((field) => [field, fc.jsonValue()]),
      ),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), almostCalls)), (records) => {
        const { calls, rejections, errors } = readNativeRecords(records, ARRIVED_AT)
        expect(calls.length + rejections.total).toBe(records.length)
        expect(errors.length).toBe(Math.min(rejections.total, LIMITS.errorsPerAnswer))
      }),
      { numRuns: 500 },
    )
  })
})
