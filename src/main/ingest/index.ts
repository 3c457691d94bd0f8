export type { Ingest } from './ingest.ts'
export { createIngest } from './ingest.ts'
export { readNativeRecords } from './native.ts'
