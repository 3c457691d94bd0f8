import { ORPCError } from '@orpc/server'
import type { SettingsReading } from '#shared/contract/settings-file.ts'
import type { Backups } from './care/index.ts'
import { os } from './implementer.ts'
import type { Privacy } from './privacy/index.ts'
import type { SettingsKeeper } from './settings/index.ts'
import type { FileReading, SettingsParts } from './settings/settings-file.ts'
import { readSettingsFile, refused, writeSettingsFile } from './settings/settings-file.ts'
import type { Upstreams } from './upstreams/index.ts'

export interface SettingsProcedureParts {
  settings: SettingsKeeper
  privacy: Privacy
  backups: Backups
  upstreams: Upstreams
  collectorDoor: CollectorDoor
  /** Of the console. */
  version: string
}

/** Where the collector listens, which follows the settings. */
export interface CollectorDoor {
  readonly port: number
  readonly url: string
  moveTo(port: number): Promise<'moved' | 'taken'>
  followSettings(): Promise<void>
}

/** Implements the contract of settings. */
export function settingsProcedures(parts: SettingsProcedureParts) {
  const { settings, privacy, backups, upstreams, collectorDoor, version } = parts
  const current = (): SettingsParts => ({
    settings: settings.current(),
    privacy: privacy.current(),
    backups: backups.state(),
    upstreams: upstreams.list(),
  })
  /** What can be told only by whoever would do it. */
  const read = (text: string): FileReading => {
    const file = readSettingsFile(text, current())
    if (file.outcome === 'refused') return file
    const { patterns } = file.wanted.privacy
    if (patterns === undefined) return file
    const { problems } = privacy.preview('', { patterns })
    return problems.length === 0
      ? file
      : refused(
          'invalid',
          problems.map(({ id, reason }) => ({ path: `privacy.patterns.${id}`, reason })),
        )
  }
  const apply = async (text: string): Promise<SettingsReading> => {
    const file = read(text)
    if (file.outcome === 'refused') return file.reading
    const { wanted } = file
    // First what may not go: then nothing has changed.
    const { port } = wanted.settings
    if (port !== undefined && (await collectorDoor.moveTo(port)) === 'taken')
      return refused('invalid', [{ path: 'settings.port', reason: 'must be a free port' }]).reading
    await settings.update(wanted.settings)
    await collectorDoor.followSettings()
    await privacy.update(wanted.privacy)
    await backups.change(wanted.backups)
    for (const { name, baseUrl, flavour } of wanted.upstreams) {
      if (upstreams.find(name)) await upstreams.update(name, { baseUrl, flavour })
      else await upstreams.create({ name, baseUrl, flavour })
    }
    return file.reading
  }
  return {
    get: os.settings.get.handler(() => settings.current()),
    update: os.settings.update.handler(async ({ input }) => {
      const updated = await settings.update(input)
      if (input.isOpenToContainers !== undefined) await collectorDoor.followSettings()
      return updated
    }),
    follow: os.settings.follow.handler(({ signal }) => settings.follow(signal)),
    exportFile: os.settings.exportFile.handler(() => writeSettingsFile(current(), version, Date.now())),
    readFile: os.settings.readFile.handler(({ input }) => read(input.text).reading),
    applyFile: os.settings.applyFile.handler(({ input }) => apply(input.text)),
  }
}

/** Has the collector listen elsewhere, from now on and after the next start. */
export function changePortProcedure({
  settings,
  collectorDoor,
}: Pick<SettingsProcedureParts, 'settings' | 'collectorDoor'>) {
  return os.collector.changePort.handler(async ({ input: { port } }) => {
    if ((await collectorDoor.moveTo(port)) === 'taken')
      throw new ORPCError('CONFLICT', {
        message: 'Another program listens on this port. Nothing has changed.',
      })
    await settings.update({ port })
    const { url } = collectorDoor
    return { port, url }
  })
}
