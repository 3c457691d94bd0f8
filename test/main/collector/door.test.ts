import { describe, expect, test } from 'vitest'
import { checkDoor, readContentType } from '../../../src/main/collector/door.ts'

const PORT = 4318
const ALLOWED = { allowedOrigins: ['https://app.example', 'http://localhost:5173'], containerHosts: [] }

const request = (headers: Record<string, string | undefined>) => ({
  headers,
  rawHeaders: [],
  url: '/v1/app-logs',
})

describe('checkDoor', () => {
  test.each([
    { host: '127.0.0.1:4318' },
    { host: 'localhost:4318' },
    { host: 'LOCALHOST:4318' },
    { host: '[::1]:4318' },
    { host: 'localhost:4318', 'sec-fetch-site': 'none' },
  ])('lets in a program that sends $host', (headers) => {
    expect(checkDoor(request(headers), PORT, ALLOWED)).toBeNull()
  })

  test.each([
    { name: 'no Host', headers: {}, reason: 'host' },
    { name: 'a foreign Host', headers: { host: 'evil.com:4318' }, reason: 'host' },
    { name: 'a name that begins like ours', headers: { host: '127.0.0.1.evil.com:4318' }, reason: 'host' },
    { name: 'a name that ends like ours', headers: { host: 'evil.localhost:4318' }, reason: 'host' },
    { name: 'our name without a port', headers: { host: 'localhost' }, reason: 'host' },
    { name: 'another port', headers: { host: 'localhost:4319' }, reason: 'host' },
    { name: 'a port that begins like ours', headers: { host: 'localhost:43180' }, reason: 'host' },
    { name: '0.0.0.0', headers: { host: '0.0.0.0:4318' }, reason: 'host' },
    { name: 'another loopback address', headers: { host: '127.0.0.2:4318' }, reason: 'host' },
    { name: 'a user before the name', headers: { host: 'me@localhost:4318' }, reason: 'host' },
    {
      name: 'the Origin of a site',
      headers: { host: 'localhost:4318', origin: 'https://evil.example' },
      reason: 'origin',
    },
    { name: 'the Origin null', headers: { host: 'localhost:4318', origin: 'null' }, reason: 'origin' },
    {
      name: 'our own Origin',
      headers: { host: 'localhost:4318', origin: 'http://localhost:4318' },
      reason: 'origin',
    },
    { name: 'an empty Origin', headers: { host: 'localhost:4318', origin: '' }, reason: 'origin' },
    ...['cross-site', 'same-site', 'same-origin', ''].map((site) => ({
      name: `Sec-Fetch-Site ${site || 'of nothing'}`,
      headers: { host: 'localhost:4318', 'sec-fetch-site': site },
      reason: 'sec-fetch-site',
    })),
  ])('keeps out $name', ({ headers, reason }) => {
    expect(checkDoor(request(headers), PORT, ALLOWED)).toMatchObject({ status: 403, reason })
  })

  test.each([
    { host: 'localhost:4318', origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    { host: 'localhost:4318', origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' },
    { host: '127.0.0.1:4318', origin: 'https://app.example' },
  ])('lets in a page of the allowed origin $origin', (headers) => {
    expect(checkDoor(request(headers), PORT, ALLOWED)).toBeNull()
  })

  test.each([
    'https://app.example.evil.com',
    'https://app.example:8443',
    'http://app.example',
    'https://sub.app.example',
    'https://APP.example',
    'https://app.example/',
    'https://app.example, https://app.example',
    'null',
  ])('keeps out %j, which is not an allowed origin to the letter', (origin) => {
    const headers = { host: 'localhost:4318', origin }
    expect(checkDoor(request(headers), PORT, ALLOWED)).toMatchObject({ status: 403, reason: 'origin' })
  })

  test('keeps out a page of an allowed origin that came by a foreign Host', () => {
    const headers = { host: 'app.example', origin: 'https://app.example' }
    expect(checkDoor(request(headers), PORT, ALLOWED)).toMatchObject({ status: 403, reason: 'host' })
  })

  test.each(['http://127.0.0.1:4318/v1/app-logs', '*', '127.0.0.1:4318', ''])(
    'keeps out the request target %j, which is not a path',
    (url) => {
      expect(checkDoor({ ...request({ host: 'localhost:4318' }), url }, PORT, ALLOWED)).toMatchObject({
        status: 400,
      })
    },
  )

  test('keeps out a request with two Host headers, whichever comes first', () => {
    const head = request({ host: 'localhost:4318' })
    const rawHeaders = ['Host', 'localhost:4318', 'Content-Type', 'host', 'hOST', 'evil.com']
    expect(checkDoor({ ...head, rawHeaders }, PORT, ALLOWED)).toMatchObject({
      status: 400,
      reason: 'duplicate-host',
    })
  })
})

describe('readContentType', () => {
  test.each([
    ['application/json', 'json'],
    ['Application/JSON', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['application/json;charset="UTF-8"', 'json'],
    ['application/json; profile=x; charset=utf8', 'json'],
    ['application/x-ndjson', 'ndjson'],
    [' application/x-ndjson ; charset=utf-8', 'ndjson'],
    [undefined, null],
    ['', null],
    ['text/plain', null],
    ['application/jsonx', null],
    ['application/json+ld', null],
    ['text/plain, application/json', null],
    ['application/x-www-form-urlencoded', null],
    ['multipart/form-data; boundary=application/json', null],
    ['application/json; charset=utf-16', null],
    ['application/json; charset=utf-8x', null],
    ['application/json; charset=', null],
  ])('reads %j as %j', (header, expected) => {
    expect(readContentType(header)).toBe(expected)
  })
})
