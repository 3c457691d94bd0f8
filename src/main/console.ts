import { join } from 'node:path'
import type { CollectorStatus } from '#shared/contract/collector.ts'
import type { FileToSave, PageCapture, SaveOutcome } from '#shared/contract/files.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { Language } from '#shared/language.ts'
import { languageFor } from '#shared/language.ts'
import { DEFAULT_ALERT_INTERVAL_S } from '#shared/limits.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { Alerts, AlertTiming, SecretCipher, SystemNotifier } from './alerts/index.ts'
import { openAlerts } from './alerts/index.ts'
import { openBudgets } from './budgets/index.ts'
import { createDatabaseCare, openBackups } from './care/index.ts'
import { createManagementApi } from './collector/management.ts'
import { createProxy } from './collector/proxy/proxy.ts'
import { startMovableCollector } from './collector/movable-collector.ts'
import { keepToken, removeCollectorAddress, writeCollectorAddress } from './data-folder.ts'
import type { Desktop } from './desktop.ts'
import type { DemoFeedback } from './demo/feedback.ts'
import { startDemo } from './demo/runner.ts'
import { createFeedback, readFeedback } from './feedback/index.ts'
import {
  createCollectorEvents,
  createIngest,
  createPause,
  createUsageEstimator,
  readNativeRecords,
} from './ingest/index.ts'
import type { FileDialogs } from './file-dialogs.ts'
import type { Log } from './log.ts'
import { createRelocation } from './relocation/index.ts'
import type { RetentionClock, RetentionKeeper } from './retention/index.ts'
import { openRetention } from './retention/index.ts'
import type { FolderShell } from './retention-procedures.ts'
import { openForgetting, openForgottenList, openPrivacy } from './privacy/index.ts'
import type { ConsoleRouter } from './router.ts'
import { BASE_CURRENCY, loadCatalogue, openCostConfigs, priceCall } from './pricing/index.ts'
import { createRouter } from './router.ts'
import type { CollectorDoor } from './settings-procedures.ts'
import { SCHEMA_VERSION } from './store/migrations/index.ts'
import { createSample } from './sample/index.ts'
import { openSettings } from './settings/index.ts'
import type { Store } from './store/store.ts'
import { databaseOf, openStore } from './store/store.ts'
import { removeUnfinished } from './store/unfinished-files.ts'
import { openTokens } from './tokens.ts'
import type { Updates } from './update-procedures.ts'
import { openUpstreams } from './upstreams/index.ts'

export interface ConsoleOptions {
  dataDir: string
  /** Absent: the one of the settings. */
  port?: number | undefined
  token?: string | undefined
  /** Opened already, while the console was loaded; absent: it opens one. */
  store?: Promise<Store> | undefined
  /** Path of a better-sqlite3 binary built for this runtime; absent: the bundled one. */
  nativeBinding?: string | undefined
  /** Whether texts are indexed; absent: yes. */
  isTextIndexed?: boolean | undefined
  /** The file that tells where the data folder is; absent: it was named at the start, and stays. */
  placeFile?: string | undefined
  /** Whether the first steps may come by themselves; absent: yes. */
  isFirstRunShown?: boolean | undefined
  /** Fills the store with made-up traffic, and goes on making it. */
  isDemo?: boolean | undefined
  /** Asks the user where a file of a page is to go, and saves it; absent: there is no window. */
  saveFile?: ((file: FileToSave) => Promise<SaveOutcome>) | undefined
  /** Takes the page of the window as it is; absent, or undefined: there is no window. */
  capturePage?: ((capture: PageCapture) => Promise<Blob | undefined>) | undefined
  /** The system's dialogs for files; absent: there is no window. */
  dialogs?: FileDialogs | undefined
  /** What the window may ask of the desktop; absent: there is no window. */
  desktop?: Desktop | undefined
  /** Looks for newer versions; absent: there is no application to replace. */
  updates?: Updates | undefined
  /** Shows folders, and asks for them; absent: there is no window. */
  folderShell?: FolderShell | undefined
  /** What retention goes by; absent: the system's. */
  retentionClock?: RetentionClock | undefined
  /** Closes the console and opens it again; absent: what was asked for holds from the next start on. */
  restart?: (() => void) | undefined
  /** The system's notifications; absent: there are none. */
  notifier?: SystemNotifier | undefined
  /** The system's keyring; absent: secrets are kept until the console ends. */
  secretCipher?: SecretCipher | undefined
  /** The language that the system speaks; absent: as Node finds it. */
  locale?: string | undefined
  /** Whether work that can wait may be done now: not on battery. Absent: always. */
  mayWorkInBackground?: (() => boolean) | undefined
  /** How often alert rules are checked, and told of. */
  alertTiming?: AlertTiming | undefined
  log: Log
}

/** For the shell, which knows the console and not its parts. */
export type { NotificationAction, SecretCipher, SystemNotification, SystemNotifier } from './alerts/index.ts'

/** The running core: store, collector and everything between, with or without a window. */
export interface Console {
  url: string
  token: string
  dataDir: string
  router: ConsoleRouter
  /** What it speaks, by the user's choice or as the system does. */
  language(): Language
  /** Tells of each change of the user's choices. */
  onSettings(listener: (settings: Settings) => void): void
  settings(): Settings
  /** The machine slept: what may be due is looked at now. */
  wake(): void
  /** Stops taking calls, commits what was taken, lets go of the data folder. */
  close(): Promise<void>
}

/** What was forgotten, in the data folder. */
const FORGOTTEN_FILE = 'forgotten.jsonl'
const NO_FOLDERS: FolderShell = { openFolder: async () => false, chooseFolder: async () => null }
/** Until an answer is out, which says that the console restarts. */
const RESTART_DELAY_MS = 300

const systemLocale = () => new Intl.DateTimeFormat().resolvedOptions().locale

const VERSION: string = packageJson.version
// The same from the source and from the build, out/main.
const RESOURCES_DIR = join(import.meta.dirname, '..', '..', 'resources')
const CLIENT_FILES_DIR = join(RESOURCES_DIR, 'sdk')
const CATALOGUE_FILE = join(RESOURCES_DIR, 'catalogue', 'prices.json')

/**
 * Opens the console on a data folder.
 *
 * @throws ConsoleError `data-dir-in-use`, `data-dir-unusable`, `store-corrupt`, `store-newer`, `port-unavailable`.
 */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { dataDir, log, mayWorkInBackground } = options
  const startedAt = Date.now()
  const [store, catalogue] = await Promise.all([
    options.store ?? openStore(options),
    loadCatalogue(CATALOGUE_FILE),
  ])
  let alerts: Alerts | undefined
  let retention: RetentionKeeper | undefined
  try {
    await removeUnfinished(dataDir)
    const settings = await openSettings(store)
    const isPortGiven = options.port !== undefined
    let requestedPort = options.port ?? settings.current().port
    const exchangeRate = (currency: string) => settings.current().exchangeRates[currency]
    const costConfigs = await openCostConfigs(store, catalogue, exchangeRate)
    const events = createCollectorEvents()
    const estimator = createUsageEstimator({
      isOn: () => settings.current().estimateMissingTokens,
      onFailure: (error) => log.error('the thread that counts tokens ended', error),
    })
    const privacy = await openPrivacy(store, keepToken(dataDir, 'hash-key'))
    const ingest = createIngest(store, {
      estimate: (calls) => estimator.estimate(calls),
      price: (call) => priceCall(call, costConfigs.book),
      screen: privacy,
      events,
    })
    const pause = createPause()
    const feedback = createFeedback(store, events, privacy)
    const upstreams = await openUpstreams(store)
    const budgets = await openBudgets(store)
    const submitDemoCalls = async (records: unknown[]) => {
      if (pause.isPaused()) return
      await ingest.submit(readNativeRecords(records, Date.now()).calls)
    }
    const submitDemoFeedback = async (all: DemoFeedback[]) => {
      const readings = all.map(({ input, givenAt }) => readFeedback(input, givenAt))
      await feedback.submit(readings.flatMap((reading) => (reading.ok ? [reading.feedback] : [])))
      for (const { input, resolution } of all)
        if (resolution) await feedback.resolve(input.id, resolution.note, resolution.at)
    }
    const collectorStatus = async (): Promise<CollectorStatus> => {
      const { calls, sizeBytes, sqliteVersion } = await store.ask('storeSize', null)
      const { commits, totalMs, maxMs } = store.commitStatistics()
      return {
        version: VERSION,
        url: collector.url,
        port: collector.port,
        requestedPort,
        containerUrls: collector.containerUrls(),
        dataDir,
        startedAt,
        ...pause.state(),
        counters: ingest.counters(),
        feedback: feedback.counters(),
        redactions: privacy.redactions(),
        queue: {
          records: ingest.waitingRecords(),
          bytes: ingest.queue.takenBytes,
          limitBytes: ingest.queue.limitBytes,
        },
        writer: {
          commits,
          avgCommitMs: commits ? totalMs / commits : null,
          maxCommitMs: commits ? maxMs : null,
        },
        store: { calls, sizeBytes, schemaVersion: SCHEMA_VERSION },
        versions: { node: process.versions.node, sqlite: sqliteVersion },
      }
    }
    const language = () => languageFor(settings.current().language, options.locale ?? systemLocale())
    const opened = await openAlerts({
      store,
      timing: { intervalMs: DEFAULT_ALERT_INTERVAL_S * 1_000, ...options.alertTiming },
      budgets,
      isSoundOn: () => settings.current().isAlertSoundOn,
      notifier: options.notifier,
      secretCipher: options.secretCipher,
      wording: () => ({
        language: language(),
        currency: BASE_CURRENCY,
      }),
      log,
    })
    alerts = opened
    const retainer = await openRetention({
      store,
      dataDir,
      retention: () => settings.current().retention,
      versions: { app: VERSION, schema: SCHEMA_VERSION },
      clock: options.retentionClock,
      isForgotten: (call) => forgetting.isForgotten(call),
      mayWorkInBackground,
      log,
    })
    retention = retainer
    const forgetting = await openForgetting({
      store,
      hash: (text) => privacy.digest(text),
      list: await openForgottenList(join(dataDir, FORGOTTEN_FILE)),
      async forgetElsewhere(userIds) {
        for (const userId of userIds) {
          await Promise.all([
            opened.forgetUser(userId),
            budgets.forgetUser(userId),
            settings.forgetUser(userId),
          ])
        }
      },
      async forgetArchived(signal) {
        for await (const _step of retainer.archives.forget(signal));
      },
      onCatchUp: (due) =>
        log.info(`looking through all calls, before anybody can read, for what was forgotten: ${due} hashes`),
      onCaughtUp(done) {
        if ('error' in done)
          log.error(
            'what was forgotten again is not gone from every file; the next start goes on',
            done.error,
          )
        else log.info(`forgotten again: ${done.calls} calls, ${done.users} users`)
      },
    })
    // Before anybody can read: the database may be a backup of before they were forgotten.
    await forgetting.catchUp()
    const database = databaseOf(options)
    const care = createDatabaseCare({ store, database, log, mayWorkInBackground })
    const backups = await openBackups({ store, database, dataDir, log, mayWorkInBackground })
    let demo: ReturnType<typeof startDemo> | undefined
    const sample = createSample({
      store,
      settings,
      submitCalls: submitDemoCalls,
      submitFeedback: submitDemoFeedback,
      removeAlerts: (from, isMeant) => opened.removeRecords(from, isMeant),
      stopTraffic: async () => demo?.stop(),
      announce(calls) {
        events.announce('calls', calls)
        events.announce('feedback', 1)
      },
    })
    const restart = () => {
      if (options.restart) setTimeout(options.restart, RESTART_DELAY_MS)
    }
    const relocation = createRelocation({
      database,
      place: options.placeFile,
      closeConsole: () => close(),
      restart,
    })
    const tokens = openTokens(dataDir, options.token)
    const announceAddress = () => {
      const { url, port } = collector
      try {
        writeCollectorAddress(dataDir, { url, port, pid: process.pid, version: VERSION })
      } catch (error) {
        // On a full disk the console opens all the same: there one sees what to make room of. The address of before leads
        // nowhere.
        removeCollectorAddress(dataDir)
        log.error('collector.json could not be written: scripts do not find the collector by it', error)
      }
    }
    const collectorDoor: CollectorDoor = {
      get port() {
        return collector.port
      },
      get url() {
        return collector.url
      },
      async moveTo(port) {
        const outcome = await collector.moveTo(port)
        if (outcome === 'taken') return outcome
        requestedPort = port
        announceAddress()
        log.info(`the collector listens on ${collector.url} from now on`)
        return outcome
      },
      followSettings: () => collector.followSettings(),
    }
    const router = createRouter({
      store,
      alerts: opened,
      ingest,
      pause,
      feedback,
      settings,
      tokens,
      upstreams,
      costConfigs,
      budgets,
      retention: retainer,
      folderShell: options.folderShell ?? NO_FOLDERS,
      privacy,
      sample,
      forgetting,
      collectorStatus,
      collectorDoor,
      version: VERSION,
      isPortGiven,
      isFirstRunShown: options.isFirstRunShown !== false && !options.isDemo,
      database,
      care,
      backups,
      restart,
      relocation,
      desktop: options.desktop,
      updates: options.updates,
      dialogs: options.dialogs,
      capturePage: options.capturePage ?? (async () => undefined),
      saveFile: options.saveFile ?? (async () => ({ outcome: 'failed', reason: 'other' })),
    })
    const management = createManagementApi({ router, version: VERSION, log })
    const proxy = createProxy({ upstreams, ingest, isPaused: () => pause.isPaused(), log })
    const collector = await startMovableCollector({
      port: requestedPort,
      ingest,
      pause,
      feedback,
      management,
      proxy,
      settings,
      tokens,
      clientFilesDir: CLIENT_FILES_DIR,
      log,
    })
    announceAddress()
    if (requestedPort !== 0 && collector.port !== requestedPort) {
      log.warn(`port ${requestedPort} is taken; the collector listens on ${collector.port}`)
    }
    opened.start()
    retainer.start()
    care.start()
    backups.start()
    if (options.isDemo) {
      await sample.note()
      demo = startDemo({ submit: submitDemoCalls, submitFeedback: submitDemoFeedback, log })
    }
    const closeAll = async (): Promise<void> => {
      forgetting.close()
      await demo?.stop()
      // What passes through the proxy is recorded when it ends, at the latest when the collector cuts it.
      await Promise.all([
        collector.close(),
        proxy.close(),
        opened.close(),
        retainer.close(),
        care.close(),
        backups.close(),
      ])
      await estimator.close()
      await privacy.close()
      removeCollectorAddress(dataDir)
      await store.close()
    }
    let closed: Promise<void> | undefined
    // Whoever moves the data closes it before the application does.
    const close = () => (closed ??= closeAll())
    return {
      get url() {
        return collector.url
      },
      token: tokens.management,
      dataDir,
      router,
      language,
      settings: () => settings.current(),
      wake: () => opened.wake(),
      onSettings: (listener) => settings.onChange(listener),
      close,
    }
  } catch (error) {
    await alerts?.close()
    await retention?.close()
    await store.close()
    throw error
  }
}
