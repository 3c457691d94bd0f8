export { exportStream, exportToFile } from './export-calls.ts'
export type { CallImporter } from './import-calls.ts'
export { createCallImporter } from './import-calls.ts'
