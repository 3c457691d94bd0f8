import { dirname, join } from 'node:path'
import type { DataFolderState, FolderMoveStep, FolderTarget } from '#shared/contract/data-folder.ts'
import type { DatabaseOptions } from '../store/database.ts'
import { inspectTarget, isFree, moveFolder } from './move-folder.ts'
import { forgetOldFolder, readOldFolder, removeOldFolder } from './old-folder.ts'

/** Where everything is kept, and taking it elsewhere. */
export interface Relocation {
  state(): Promise<DataFolderState>
  /** @param chosen an absolute path; if something else is in it, a folder within. */
  inspect(chosen: string): Promise<FolderTarget>
  /** To the folder that was inspected last. */
  move(signal: AbortSignal): AsyncGenerator<FolderMoveStep>
  /** @returns whether it did. */
  removeOld(): Promise<boolean>
  keepOld(): Promise<void>
}

export interface RelocationOptions {
  database: DatabaseOptions
  /** The file that tells where the data folder is; undefined: it was named at the start, and stays. */
  place: string | undefined
  closeConsole: () => Promise<void>
  /** The console begins anew, wherever its data are then. */
  restart: () => void
}

/** Of a folder within one that is not empty. */
const OWN_NAME = 'LLMOps Console'

export function createRelocation({ database, place, closeConsole, restart }: RelocationOptions): Relocation {
  const folder = dirname(database.file)
  let target: string | undefined
  let isMoving = false
  return {
    async state() {
      const old = await readOldFolder(folder)
      return { folder, isNamed: place === undefined, old: old?.from ?? null }
    },
    async inspect(chosen) {
      const isTaken = chosen !== folder && !(await isFree(folder, chosen).catch(() => true))
      const within = join(chosen, OWN_NAME)
      target = isTaken && within !== folder ? within : chosen
      const found = await inspectTarget(folder, target)
      return { folder: target, ...found, problem: place === undefined ? 'named' : found.problem }
    },
    async *move(signal) {
      if (place === undefined || target === undefined || isMoving) {
        yield { type: 'failed', reason: place === undefined ? 'named' : 'other', isRestarting: false }
        return
      }
      isMoving = true
      let isRestarting = false
      try {
        yield* moveFolder({
          database,
          target,
          place,
          async closeConsole() {
            // From here on it has to begin anew, however the move ends.
            isRestarting = true
            await closeConsole()
          },
          signal,
          now: Date.now,
        })
      } finally {
        isMoving = false
        if (isRestarting) restart()
      }
    },
    removeOld: () => removeOldFolder(folder, database),
    keepOld: () => forgetOldFolder(folder),
  }
}
