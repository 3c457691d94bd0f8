import { ORPCError } from '@orpc/server'
import type { RetentionKeeper } from './retention/index.ts'
import { os, toProcedureError } from './implementer.ts'
import { mapSteps } from './store/map-steps.ts'

const { retention, archives } = os

/** Implements the contract of retention. */
export function retentionProcedures(keeper: RetentionKeeper) {
  return {
    status: retention.status.handler(() => keeper.status()),
    preview: retention.preview.handler(() => keeper.preview()),
    run: retention.run.handler(async () => {
      await keeper.run()
      return keeper.status()
    }),
    runs: retention.runs.handler(async ({ input: { limit, cursor } }) => {
      const items = await keeper.runs(cursor === undefined ? null : Number(cursor), limit)
      const last = items.at(-1)
      return { items, nextCursor: items.length === limit && last ? String(last.id) : null }
    }),
    cancel: retention.cancel.handler(async () => {
      await keeper.cancel()
      return keeper.status()
    }),
    confirmClock: retention.confirmClock.handler(async () => {
      await keeper.confirmClock()
      return keeper.status()
    }),
    follow: retention.follow.handler(({ signal }) => keeper.follow(signal)),
  }
}

/** What the shell does with folders; absent where there is no window. */
export interface FolderShell {
  openFolder(folder: string): Promise<boolean>
  chooseFolder(): Promise<string | null>
}

/** Implements the contract of archives. */
export function archiveProcedures(keeper: RetentionKeeper, shell: FolderShell) {
  const { archives: all } = keeper
  return {
    list: archives.list.handler(async () => ({ items: await all.list(), nextCursor: null })),
    search: archives.search.handler(({ input: { name, ...request } }) => all.search(name, request)),
    get: archives.get.handler(async ({ input: { name, requestId } }) => {
      const call = await all.get(name, requestId)
      if (!call)
        throw new ORPCError('NOT_FOUND', { message: 'The archive holds no call with this request id.' })
      return { ...call }
    }),
    verify: archives.verify.handler(({ input }) => all.verify(input.name)),
    restore: archives.restore.handler(async ({ input, signal }) => {
      const steps = all.restore(input, signal)
      for (;;) {
        const step = await steps.next()
        if (step.done) return step.value
      }
    }),
    restoring: archives.restoring.handler(async function* ({ input, signal }) {
      const steps = all.restore(input, signal)
      try {
        const result = yield* mapSteps(steps, (step) => ({ type: 'progress' as const, ...step }))
        yield { type: 'result', result }
      } catch (error) {
        throw toProcedureError(error)
      }
    }),
    remove: archives.remove.handler(({ input }) => all.remove(input.name)),
    openFolder: archives.openFolder.handler(async () => ({ isOpened: await shell.openFolder(all.folder()) })),
    chooseFolder: archives.chooseFolder.handler(async () => ({ folder: await shell.chooseFolder() })),
  }
}
