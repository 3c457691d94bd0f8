import * as z from 'zod'

/** How the operating system keeps secrets; the shell gives it. */
export interface SecretCipher {
  state(): Promise<SecretStorage>
  /** null: it cannot keep any. */
  encrypt(text: string): Promise<Uint8Array | null>
  /** @throws Error when it is not readable here, or any more. */
  decrypt(bytes: Uint8Array): Promise<string>
}

/** `session`: kept in memory until the console ends, and why. */
export interface SecretStorage {
  state: 'keyring' | 'session'
  reason: 'no-keyring' | 'headless' | null
}

/** Without a desktop there is nobody who could unlock a keyring. */
export const sessionOnly: SecretCipher = {
  state: async () => ({ state: 'session', reason: 'headless' }),
  encrypt: async () => null,
  decrypt: async () => {
    throw new Error('there is no keyring')
  },
}

const secretsSchema = z.object({
  /** Of a chat product: who knows it may write there. */
  url: z.string().optional(),
  secret: z.string().optional(),
  password: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
})

/** What a channel has that nobody is shown. */
export type ChannelSecrets = z.output<typeof secretsSchema>

export interface SecretKeeper {
  storage(): Promise<SecretStorage>
  /**
   * Keeps the secrets of a channel in place of those before.
   *
   * @returns what is to be stored; null when they stay in memory only, or there are none.
   */
  keep(channelId: string, secrets: ChannelSecrets): Promise<Uint8Array | null>
  /** @param stored what `keep` gave. Undefined: they are lost. */
  read(channelId: string, stored: Uint8Array | null): Promise<ChannelSecrets | undefined>
  forget(channelId: string): void
}

/** Keeps secrets where the operating system does, and in memory where it does not. */
export function createSecretKeeper(cipher: SecretCipher): SecretKeeper {
  const ofSession = new Map<string, ChannelSecrets>()
  return {
    storage: () => cipher.state(),
    async keep(channelId, secrets) {
      ofSession.delete(channelId)
      if (Object.keys(secrets).length === 0) return null
      const { state } = await cipher.state()
      const encrypted = state === 'keyring' ? await cipher.encrypt(JSON.stringify(secrets)) : null
      if (encrypted === null) ofSession.set(channelId, secrets)
      return encrypted
    },
    async read(channelId, stored) {
      if (stored === null) return ofSession.get(channelId)
      try {
        return secretsSchema.parse(JSON.parse(await cipher.decrypt(stored)))
      } catch {
        // Another user's keyring, or none any more: they have to be entered again. The cause may hold a part of them.
        return undefined
      }
    },
    forget: (channelId) => void ofSession.delete(channelId),
  }
}
