import { createHash, timingSafeEqual } from 'node:crypto'
import { keepToken, renewToken } from './data-folder.ts'

/** The two secrets of a data folder. Neither is ever logged. */
export interface Tokens {
  /** Opens the management API: whoever holds it reads everything. */
  readonly management: string
  /** What apps send where a token is demanded of them: it lets calls in, and nothing out. */
  app(): string
  /** Makes a new app token; the old one is refused from now on. */
  renewApp(): string
  opensManagement(given: string): boolean
  opensDoors(given: string): boolean
}

/** @param given the management token to use from now on; absent: the one kept in the folder, or a new one. */
export function openTokens(dataDir: string, given: string | undefined): Tokens {
  const management = keepToken(dataDir, 'token', given)
  let app = keepToken(dataDir, 'app-token')
  const opensManagement = (token: string) => isSame(token, management)
  return {
    management,
    app: () => app,
    renewApp: () => (app = renewToken(dataDir, 'app-token')),
    opensManagement,
    opensDoors: (token) => isSame(token, app) || opensManagement(token),
  }
}

/** Compares digests, so that the time taken tells nothing about the token. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
