import type { SecretCipher } from '../console.ts'

/** Electron's calls without the newer, asynchronous ones, which Electron 33 does not have. */
type AnySafeStorage = Pick<Electron.SafeStorage, 'getSelectedStorageBackend'> & Partial<Electron.SafeStorage>

/**
 * Encrypts with a key that the operating system keeps. On Linux without a keyring Electron would use a password that
 * everybody knows (`basic_text`): nothing is kept then. After the application's `ready` event only.
 */
export function createSecretCipher(
  storage: AnySafeStorage,
  platform: NodeJS.Platform = process.platform,
): SecretCipher {
  const isAvailable = async (): Promise<boolean> => {
    if (platform === 'linux') {
      const backend = storage.getSelectedStorageBackend()
      if (backend === 'basic_text' || backend === 'unknown') return false
    }
    const isAsyncAvailable = await storage.isAsyncEncryptionAvailable?.()
    return isAsyncAvailable ?? storage.isEncryptionAvailable?.() ?? false
  }
  return {
    state: async () =>
      (await isAvailable()) ? { state: 'keyring', reason: null } : { state: 'session', reason: 'no-keyring' },
    encrypt: async (text) =>
      (await storage.encryptStringAsync?.(text)) ?? storage.encryptString?.(text) ?? null,
    async decrypt(bytes) {
      const buffer = Buffer.from(bytes)
      const read = await storage.decryptStringAsync?.(buffer)
      return read?.result ?? storage.decryptString?.(buffer) ?? ''
    },
  }
}
