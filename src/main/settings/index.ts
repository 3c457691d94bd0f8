import type { Settings } from '#shared/contract/settings.ts'
import { settingsSchema } from '#shared/contract/settings.ts'
import type { Store } from '../store/store.ts'

/** @returns the user's choices; what was never chosen, or cannot be read any more, has its default. */
export async function readSettings(store: Pick<Store, 'ask'>): Promise<Settings> {
  const stored = await store.ask('readSettings', null)
  const choices = Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const choice = schema.safeParse(stored.get(name))
    return [name, choice.success ? choice.data : schema.parse(undefined)]
  })
  return settingsSchema.parse(Object.fromEntries(choices))
}

/** Stores the choices that are given and leaves the others. */
export async function updateSettings(
  store: Pick<Store, 'ask' | 'writeSetting'>,
  choices: Partial<Settings>,
): Promise<Settings> {
  for (const [name, value] of Object.entries(choices)) {
    if (value !== undefined) await store.writeSetting(name, value)
  }
  return readSettings(store)
}
