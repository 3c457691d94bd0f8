import type { UpdateState } from '#shared/contract/updates.ts'
import { os } from './implementer.ts'
import type { SettingsKeeper } from './settings/index.ts'

/** Looks for newer versions of the application, and fetches them. */
export interface Updates {
  check(): Promise<UpdateState>
  download(): Promise<UpdateState>
}

/** Without a window there is no application to replace. */
const NO_UPDATES: Updates = {
  check: async () => ({ state: 'unsupported', version: null }),
  download: async () => ({ state: 'unsupported', version: null }),
}

/** Implements the contract of updates. */
export function updateProcedures(settings: SettingsKeeper, updates: Updates = NO_UPDATES) {
  const { feed, setFeed, check, download } = os.updates
  return {
    feed: feed.handler(() => settings.current().updateFeed),
    setFeed: setFeed.handler(async ({ input }) => (await settings.update({ updateFeed: input })).updateFeed),
    check: check.handler(() => updates.check()),
    download: download.handler(() => updates.download()),
  }
}
