import { expect, test } from 'vitest'
import { readMailAddress } from '../../../../src/shared/contract/alerts/mail-address.ts'
import { webhookHeadersProblem } from '../../../../src/shared/contract/alerts/webhook-headers.ts'
import { webhookUrlProblem } from '../../../../src/shared/contract/alerts/webhook-url.ts'

test.each([
  ['https://hooks.example.com/a?b=c', null],
  ['http://127.0.0.1:8080', null],
  ['ftp://example.com', 'must start with http:// or https:// and a host'],
  ['https:///path', 'must start with http:// or https:// and a host'],
  ['https://user:pass@example.com/', 'must not hold credentials'],
  ['https://@example.com/', 'must not hold credentials'],
  ['https://example.com\\@evil.example', 'must be a URL in printable ASCII'],
  ['https://example.com/a b', 'must be a URL in printable ASCII'],
  ['https://[::1', 'must be a URL'],
])('the address %s: %s', (url, problem) => expect(webhookUrlProblem(url)).toBe(problem))

test.each([
  [{ Authorization: 'Bearer x', 'X-Env': 'prod' }, null],
  [{ Host: 'evil.example' }, 'must not set host'],
  [{ 'Content-Length': '1' }, 'must not set content-length'],
  [{ 'Proxy-Authorization': 'x' }, 'must not set proxy-authorization'],
  [{ 'X-LLMOps-Signature': 'x' }, 'must not set x-llmops-signature'],
  [{ 'X-A': '1', 'x-a': '2' }, 'must not name a header twice'],
  [{ 'X-A': 'a\r\nHost: b' }, 'must hold printable ASCII only'],
])('headers %o: %s', (headers, problem) =>
  expect(webhookHeadersProblem(headers as Record<string, string>)).toBe(problem),
)

test.each([
  ['ops@example.com', { name: '', address: 'ops@example.com' }],
  ['Operations <ops@example.com>', { name: 'Operations', address: 'ops@example.com' }],
  ['"运维, 组" <ops@example.com>', { name: '运维, 组', address: 'ops@example.com' }],
  ['ops@example.com, else@example.com', undefined],
  ['ops@example.com\r\nBcc: all@example.com', undefined],
  ['A\r\nBcc: all@example.com <ops@example.com>', undefined],
  ['<ops@example.com', undefined],
  ['ops', undefined],
])('the mail address %s', (text, address) => expect(readMailAddress(text)).toEqual(address))
