import type { lookup } from 'node:dns'
import { expect, test } from 'vitest'
import {
  addressOf,
  isPublicAddress,
  publicLookup,
} from '../../../../src/main/alerts/channels/guarded-address.ts'

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '2606:4700::1111',
  '::ffff:8.8.8.8',
  // A public IPv4 address behind NAT64.
  '64:ff9b::808:808',
])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))

test.each([
  '127.0.0.1',
  '127.255.0.9',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::808:808',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))

test.each([
  ['http://2130706433/', '127.0.0.1'],
  ['http://0x7f.1/', '127.0.0.1'],
  ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['http://example.com/', undefined],
])('the address in %s is %s, however it is written', (url, address) => {
  expect(addressOf(new URL(url).hostname)).toBe(address)
})

/** A resolver that finds these. */
function resolveTo(...addresses: string[]): typeof lookup {
  const fake = (_host: string, _options: object, callback: (error: null, found: unknown) => void) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  return fake as unknown as typeof lookup
}

const ask = (resolve: typeof lookup, all: boolean) =>
  new Promise((answer) => {
    publicLookup(resolve)('name.example', { all }, (error, address) => answer(error?.code ?? address))
  })

test('of the addresses of a name, only public ones are given to the socket', async () => {
  const resolve = resolveTo('127.0.0.1', '8.8.8.8', '::1')
  expect(await ask(resolve, true)).toEqual([{ address: '8.8.8.8', family: 4 }])
  expect(await ask(resolve, false)).toBe('8.8.8.8')
  expect(await ask(resolveTo('10.0.0.1', '::1'), true)).toBe('ERR_PRIVATE_ADDRESS')
})
