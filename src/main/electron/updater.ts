import { app } from 'electron'
import type { UpdateFeed, UpdateState } from '#shared/contract/updates.ts'
import type { Log } from '../log.ts'
import { UntrustedFeed } from './signed-feed.ts'

export interface Updater {
  check(): Promise<UpdateState>
  /** Fetches what the last check found. */
  download(): Promise<UpdateState>
  /** Looks now and then from now on, if there is a feed. */
  start(): void
}

const FIRST_CHECK_MS = 60_000
const CHECK_INTERVAL_MS = 24 * 3_600_000
const OFF: UpdateState = { state: 'off', version: null }

/**
 * Looks for newer versions through electron-updater, which also puts them in place, and checks on macOS and Windows who
 * signed them. It is not even loaded before the user has named a feed.
 *
 * @param feed what the user has chosen; null: none.
 */
export function createUpdater({ feed, log }: { feed: () => UpdateFeed | null; log: Log }): Updater {
  const isSupported = app.isPackaged

  const open = async (trusted: UpdateFeed) => {
    const [{ default: electronUpdater }, { signedProvider }] = await Promise.all([
      import('electron-updater'),
      import('./signed-provider.ts'),
    ])
    const { autoUpdater } = electronUpdater
    autoUpdater.logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
    autoUpdater.autoDownload = false
    autoUpdater.autoInstallOnAppQuit = true
    // What is signed is the checksum of the whole.
    autoUpdater.disableDifferentialDownload = true
    autoUpdater.setFeedURL({ provider: 'custom', updateProvider: signedProvider(trusted) })
    return autoUpdater
  }

  const failed = (error: unknown): UpdateState => {
    const isUntrusted = error instanceof UntrustedFeed
    // What a server answers is not for the log.
    log.warn(isUntrusted ? error.message : 'the update feed could not be read')
    return { state: isUntrusted ? 'untrusted' : 'failed', version: null }
  }

  const check = async (): Promise<UpdateState> => {
    const trusted = feed()
    if (!trusted) return OFF
    if (!isSupported) return { state: 'unsupported', version: null }
    try {
      const result = await (await open(trusted)).checkForUpdates()
      if (!result) return { state: 'unsupported', version: null }
      const { version } = result.updateInfo
      return { state: result.isUpdateAvailable ? 'available' : 'current', version }
    } catch (error) {
      return failed(error)
    }
  }

  return {
    check,
    async download() {
      const found = await check()
      const trusted = feed()
      if (found.state !== 'available' || !trusted) return found
      try {
        await (await open(trusted)).downloadUpdate()
        return { state: 'ready', version: found.version }
      } catch (error) {
        return failed(error)
      }
    },
    start() {
      const look = (): void => {
        if (feed()) void check().then(({ state, version }) => log.info(`updates: ${state} ${version ?? ''}`))
      }
      setTimeout(look, FIRST_CHECK_MS).unref()
      setInterval(look, CHECK_INTERVAL_MS).unref()
    },
  }
}
