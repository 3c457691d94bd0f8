import type { FileDialogs } from './file-dialogs.ts'
import { os } from './implementer.ts'
import type { CallImporter } from './transfer/index.ts'

const { choose, run } = os.callImports

const ENDINGS = ['jsonl', 'ndjson', 'json', 'gz'] as const

/** Implements the contract of imports. */
export function importProcedures(importer: CallImporter, dialogs: FileDialogs | undefined) {
  return {
    choose: choose.handler(async () => {
      const path = await dialogs?.openFile(ENDINGS)
      return path === undefined ? { outcome: 'cancelled' } : importer.look(path)
    }),
    run: run.handler(({ input, signal }) => importer.run(input, signal)),
  }
}
