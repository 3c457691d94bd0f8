import { EventPublisher } from '@orpc/server'
import type { Settings } from '#shared/contract/settings.ts'
import { settingsSchema } from '#shared/contract/settings.ts'
import type { Store } from '../store/store.ts'
import { viewsWithoutUser } from './views-without-user.ts'

/** The user's choices. */
export interface SettingsKeeper {
  /** Answers from memory: the collector's door asks on every request. */
  current(): Settings
  /** Stores the choices that are given and leaves the others. */
  update(choices: Partial<Settings>): Promise<Settings>
  /** Removes saved views that name a user. */
  forgetUser(userId: string): Promise<void>
  /** Tells of each change, after it was stored, for as long as the console is open. */
  onChange(listener: (settings: Settings) => void): void
  /** What holds now and whenever it changes, until the signal aborts. */
  follow(signal: AbortSignal | undefined): AsyncGenerator<Settings>
}

/**
 * Reads what was chosen; what never was, or cannot be read any more, has its default. This process is the only one that
 * changes it, so memory stays true.
 *
 * @throws ConsoleError what `Store.ask` throws; changes throw what `Store.writeSetting` does.
 */
export async function openSettings(store: Pick<Store, 'ask' | 'writeSetting'>): Promise<SettingsKeeper> {
  const stored = await store.ask('readSettings', null)
  let settings = settingsSchema.parse(
    Object.fromEntries(
      Object.entries(settingsSchema.shape).map(([name, schema]) => {
        const choice = schema.safeParse(stored.get(name))
        return [name, choice.success ? choice.data : schema.parse(undefined)]
      }),
    ),
  )
  const listeners: ((settings: Settings) => void)[] = []
  const publisher = new EventPublisher<{ change: Settings }>()
  const update = async (choices: Partial<Settings>): Promise<Settings> => {
    for (const [name, value] of Object.entries(choices)) {
      if (value === undefined) continue
      await store.writeSetting(name, value)
      settings = { ...settings, [name]: value }
    }
    for (const listener of listeners) listener(settings)
    publisher.publish('change', settings)
    return settings
  }
  return {
    current: () => settings,
    update,
    async forgetUser(userId) {
      const { callViews: before, defaultCallView } = settings
      const callViews = viewsWithoutUser(before, userId)
      if (callViews.length === before.length) return
      const isDefaultKept = callViews.some(({ id }) => id === defaultCallView)
      await update({ callViews, ...(!isDefaultKept && { defaultCallView: null }) })
    },
    onChange: (listener) => void listeners.push(listener),
    async *follow(signal) {
      const changes = publisher.subscribe('change', { signal, maxBufferedEvents: 1 })
      yield settings
      yield* changes
    },
  }
}
