import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import type * as updaters from 'electron-updater'
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
  let installer: updaters.AppUpdater | undefined

  const open = async (trusted: UpdateFeed): Promise<updaters.AppUpdater> => {
    const [{ default: electronUpdater }, { signedProvider }] = await Promise.all([
      import('electron-updater'),
      import('./signed-provider.ts'),
    ])
    installer ??= installerOf(electronUpdater)
    installer.setFeedURL({ provider: 'custom', updateProvider: signedProvider(trusted) })
    return installer
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

/** What puts a version in its place, which on Linux depends on the kind of package: an unpacked archive has nothing. */
function installerOf(kinds: typeof updaters): updaters.AppUpdater {
  const isDeb = existsSync(join(process.resourcesPath, 'installed-from'))
  const installer =
    process.platform !== 'linux'
      ? kinds.autoUpdater
      : isDeb
        ? new kinds.DebUpdater()
        : new kinds.AppImageUpdater()
  // That of a build names its publisher's feed, if it has one; ours names none.
  installer.updateConfigPath = join(app.getAppPath(), 'resources', 'updates', 'app-update.yml')
  installer.logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
  installer.autoDownload = false
  installer.autoInstallOnAppQuit = true
  // What is signed is the checksum of the whole.
  installer.disableDifferentialDownload = true
  return installer
}
