import { describe, expect, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { readLabels, readSecrets } from '../../../../src/main/collector/proxy/labels.ts'

/** As Node gives a header that was sent in UTF-8. */
const sent = (text: string) => Buffer.from(text).toString('latin1')

describe('labels', () => {
  test('are all optional', () => {
    expect(readLabels({})).toEqual({ requestId: null, app: null, userId: null, sessionId: null, tags: [] })
  })

  test.each([
    ['', null],
    ['  ', null],
    [' a b ', 'a b'],
    [sent('结账机器人'), '结账机器人'],
    ['caf\xe9', 'café'],
    ['x'.repeat(300), 'x'.repeat(LIMITS.nameLength)],
  ])('app %j is %j', (value, expected) => {
    expect(readLabels({ 'x-llmops-app': value }).app).toBe(expected)
  })

  test.each([
    ['a', ['a']],
    [' a , b,,a ,', ['a', 'b']],
    [sent('测试,β'), ['测试', 'β']],
    [
      Array.from({ length: 30 }, (_, index) => `t${index}`).join(','),
      Array.from({ length: 20 }, (_, index) => `t${index}`),
    ],
  ])('tags %j', (value, expected) => {
    expect(readLabels({ 'x-llmops-tags': value }).tags).toEqual(expected)
  })

  test.each([
    [undefined, 'id'],
    ['0', 'id'],
    ['2', 'id-retry-2'],
    ['-1', 'id'],
    ['x', 'id'],
    ['1e9', 'id'],
  ])('attempt %j of a request id', (count, expected) => {
    const headers = {
      'x-llmops-request-id': 'id',
      ...(count !== undefined && { 'x-stainless-retry-count': count }),
    }
    expect(readLabels(headers).requestId).toBe(expected)
  })

  test('a long request id has room for the attempt', () => {
    const headers = { 'x-llmops-request-id': 'x'.repeat(300), 'x-stainless-retry-count': '1' }
    expect(readLabels(headers).requestId).toBe(`${'x'.repeat(LIMITS.nameLength - 8)}-retry-1`)
  })
})

describe('secrets', () => {
  test('are keys and the values of cookies; what is short stands in for a key', () => {
    const headers = {
      authorization: 'Bearer sk-123456789',
      'x-api-key': 'key-987654321',
      'api-key': 'not-needed',
      cookie: 'preferred-language=en; session=abc0123456789=',
    }
    expect(readSecrets(headers)).toEqual([
      'Bearer sk-123456789',
      'abc0123456789=',
      'key-987654321',
      'sk-123456789',
    ])
  })
})
