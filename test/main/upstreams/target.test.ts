import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Upstream } from '#shared/contract/upstreams.ts'
import { readTarget } from '../../../src/main/upstreams/index.ts'

const upstream = (baseUrl: string): Upstream => ({
  name: 'mine',
  baseUrl,
  flavour: 'openai',
  isBuiltIn: false,
  defaultBaseUrl: null,
})

describe('the target of a request', () => {
  test.each([
    ['https://api.openai.com', '/v1/models', ['https:', 'api.openai.com', 443, '/v1/models']],
    ['https://api.openai.com', '', ['https:', 'api.openai.com', 443, '/']],
    ['https://api.openai.com', '?a=1', ['https:', 'api.openai.com', 443, '/?a=1']],
    ['http://127.0.0.1:11434', '/api/chat', ['http:', '127.0.0.1', 11434, '/api/chat']],
    ['http://[::1]:8080/llm', '/v1/x?y=%2F', ['http:', '::1', 8080, '/llm/v1/x?y=%2F']],
    ['https://host.test/base', '', ['https:', 'host.test', 443, '/base']],
    ['https://host.test', '/a..b/.../x', ['https:', 'host.test', 443, '/a..b/.../x']],
    ['https://host.test', '/100%25', ['https:', 'host.test', 443, '/100%25']],
  ])('%s with %s', (baseUrl, rest, expected) => {
    const result = readTarget(upstream(baseUrl), rest)
    expect(
      result.ok && [result.target.protocol, result.target.hostname, result.target.port, result.target.path],
    ).toEqual(expected)
  })

  test('stays at its host and below its base, whatever is asked for', () => {
    const hostile = fc.array(
      fc.constantFrom(
        '/',
        '\\',
        '.',
        '..',
        '%2e',
        '%2E',
        '%252e',
        '%5c',
        '%2f',
        '@',
        ':',
        '//',
        '?',
        '#',
        'evil.test',
        'a',
        '%',
        '\n',
        ' ',
        'é',
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(hostile, (parts) => {
        const result = readTarget(upstream('https://host.test/base'), parts.join(''))
        if (!result.ok) return
        const { hostname, port, path } = result.target
        expect([hostname, port]).toEqual(['host.test', 443])
        // As a careless server might read it.
        const url = new URL(decodeURIComponent(path.split('?')[0] ?? ''), 'https://host.test')
        expect(url.host).toBe('host.test')
        expect(`${url.pathname}/`).toMatch(/^\/base\//)
      }),
      { numRuns: 2_000 },
    )
  })
})
