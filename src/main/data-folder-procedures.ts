import { ORPCError } from '@orpc/server'
import type { FileDialogs } from './file-dialogs.ts'
import { os } from './implementer.ts'
import type { Relocation } from './relocation/index.ts'

/** Implements the contract of the data folder. */
export function dataFolderProcedures(relocation: Relocation, dialogs: FileDialogs | undefined) {
  const { get, choose, move, removeOld, keepOld } = os.dataFolder
  return {
    get: get.handler(() => relocation.state()),
    choose: choose.handler(async () => {
      const chosen = await dialogs?.chooseFolder()
      return chosen === undefined ? null : relocation.inspect(chosen)
    }),
    move: move.handler(({ signal }) => relocation.move(signal ?? new AbortController().signal)),
    removeOld: removeOld.handler(async () => {
      if (!(await relocation.removeOld()))
        throw new ORPCError('CONFLICT', {
          message: 'The old folder is in use, or has changed since. It stays.',
        })
    }),
    keepOld: keepOld.handler(() => relocation.keepOld()),
  }
}
