import type { CallFormat } from '#shared/contract/call-exports.ts'
import type { FileDialogs } from './file-dialogs.ts'
import { os } from './implementer.ts'
import type { DatabaseOptions } from './store/database.ts'
import { exportStream, exportToFile } from './transfer/index.ts'

const { save, download } = os.callExports

const CONTENT_TYPES: Record<CallFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
}

/** Implements the contract of exports. */
export function exportProcedures(database: DatabaseOptions, dialogs: FileDialogs | undefined) {
  return {
    save: save.handler(async function* ({ input, signal }) {
      const path = await dialogs?.saveFile({ name: fileName(), ending: input.format })
      if (path === undefined) return yield { type: 'cancelled' }
      yield* exportToFile(database, input, path, signal)
    }),
    download: download.handler(({ input, signal }) => ({
      headers: {
        'content-type': CONTENT_TYPES[input.format],
        'content-disposition': `attachment; filename="${fileName()}.${input.format}"`,
      },
      body: exportStream(database, input, signal),
    })),
  }
}

function fileName(): string {
  return `calls-${new Date().toISOString().slice(0, 10)}`
}
