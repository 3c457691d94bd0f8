import { release, type } from 'node:os'
import type { CollectorStatus } from '#shared/contract/collector.ts'
import { os } from './implementer.ts'
import type { SettingsKeeper } from './settings/index.ts'

export interface AboutParts {
  collectorStatus: () => Promise<CollectorStatus>
  /** Whether the port was named at the start. */
  isPortGiven: boolean
  /** Whether the first steps may come by themselves. */
  isFirstRunShown: boolean
  settings: Pick<SettingsKeeper, 'current'>
}

/** Says what runs here. Electron and Chromium are absent where there is no window. */
export function aboutProcedures({ collectorStatus, isPortGiven, isFirstRunShown, settings }: AboutParts) {
  return {
    get: os.about.get.handler(async () => {
      const { version, versions, store } = await collectorStatus()
      const runtime: Partial<Record<string, string>> = process.versions
      return {
        version,
        electron: runtime['electron'] ?? null,
        chromium: runtime['chrome'] ?? null,
        node: versions.node,
        sqlite: versions.sqlite,
        schema: store.schemaVersion,
        system: `${type()} ${release()} ${process.arch}`,
        isFirstRun: isFirstRunShown && !settings.current().isWelcomeDone && store.calls === 0,
        isPortGiven,
      }
    }),
  }
}
