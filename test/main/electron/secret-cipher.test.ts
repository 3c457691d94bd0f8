import { expect, test } from 'vitest'
import { createSecretCipher } from '../../../src/main/electron/secret-cipher.ts'

type Storage = Parameters<typeof createSecretCipher>[0]

const turned = (text: string) => Buffer.from([...text].reverse().join(''))
const read = (bytes: Buffer) => [...bytes.toString()].reverse().join('')

/** As Electron 33 has it. */
const synchronous = (
  backend: ReturnType<Storage['getSelectedStorageBackend']>,
  isAvailable = true,
): Storage => ({
  getSelectedStorageBackend: () => backend,
  isEncryptionAvailable: () => isAvailable,
  encryptString: turned,
  decryptString: read,
})

/** As newer ones have it; the old calls would block the window. */
const asynchronous: Storage = {
  getSelectedStorageBackend: () => 'gnome_libsecret',
  isAsyncEncryptionAvailable: async () => true,
  encryptStringAsync: async (text) => turned(text),
  decryptStringAsync: async (bytes) => ({ shouldReEncrypt: false, result: read(bytes) }),
}

test.each([
  ['without asynchronous calls', synchronous('kwallet6')],
  ['with them', asynchronous],
])('%s, secrets are encrypted and read back', async (_name, storage) => {
  const cipher = createSecretCipher(storage, 'linux')
  expect(await cipher.state()).toEqual({ state: 'keyring', reason: null })
  const encrypted = await cipher.encrypt('secret')
  expect(encrypted && Buffer.from(encrypted).toString()).toBe('terces')
  expect(await cipher.decrypt(encrypted ?? new Uint8Array())).toBe('secret')
})

test.each([
  ['linux', synchronous('basic_text')],
  ['linux', synchronous('unknown')],
  ['linux', synchronous('gnome_libsecret', false)],
  ['darwin', synchronous('unknown', false)],
] as const)('on %s without a keyring nothing is kept', async (platform, storage) => {
  expect(await createSecretCipher(storage, platform).state()).toEqual({
    state: 'session',
    reason: 'no-keyring',
  })
})

test('on macOS and Windows no backend is asked for', async () => {
  expect(await createSecretCipher(synchronous('unknown'), 'win32').state()).toMatchObject({
    state: 'keyring',
  })
})
