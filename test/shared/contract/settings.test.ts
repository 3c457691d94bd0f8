import { describe, expect, test } from 'vitest'
import { originSchema, settingsSchema } from '#shared/contract/settings.ts'
import { LIMITS } from '#shared/limits.ts'

describe('an allowed origin', () => {
  test.each([
    ['https://app.example', 'https://app.example'],
    ['https://app.example/', 'https://app.example'],
    ['HTTPS://App.Example:443', 'https://app.example'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['http://127.0.0.1:80', 'http://127.0.0.1'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://例子.测试', 'https://xn--fsqu00a.xn--0zwm56d'],
  ])('%s is kept as %s, as a browser sends it', (text, origin) => {
    expect(originSchema.parse(text)).toBe(origin)
  })

  test.each([
    '',
    'null',
    '*',
    'app.example',
    'https://*.example',
    'https://',
    'https://app.example/path',
    'https://app.example//',
    'https://app.example?x',
    'https://app.example#x',
    'https://me@app.example',
    'https://app.example\\evil',
    'https://app example',
    ' https://app.example',
    'https://app.example\n',
    'https://app.example:99999',
    'file:///etc/passwd',
    'ftp://app.example',
    'chrome-extension://abc',
    `https://${'a'.repeat(LIMITS.originLength)}.example`,
  ])('%j is refused', (text) => {
    expect(originSchema.safeParse(text).success).toBe(false)
  })

  test('stands once in the list, however it was written', () => {
    const { allowedOrigins } = settingsSchema.parse({
      allowedOrigins: ['https://a.example', 'https://A.example/'],
    })
    expect(allowedOrigins).toEqual(['https://a.example'])
  })
})
