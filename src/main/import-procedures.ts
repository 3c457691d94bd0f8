import type { ChosenImport } from '#shared/contract/call-imports.ts'
import type { FileDialogs } from './file-dialogs.ts'
import { os } from './implementer.ts'
import type { CallImporter } from './transfer/index.ts'

const { choose, opened, takeDropped, run } = os.callImports

const ENDINGS = ['jsonl', 'ndjson', 'json', 'csv', 'gz'] as const

/** Implements the contract of imports. */
export function importProcedures(importer: CallImporter, dialogs: FileDialogs | undefined) {
  const look = async (path: string | undefined): Promise<ChosenImport> =>
    path === undefined ? { outcome: 'cancelled' } : importer.look(path)
  return {
    choose: choose.handler(async () => look(await dialogs?.openFile(ENDINGS))),
    opened: opened.handler(() => look(dialogs?.openedFile())),
    takeDropped: takeDropped.handler(async () => look(await dialogs?.droppedFile())),
    run: run.handler(({ input, signal }) => importer.run(input, signal)),
  }
}
