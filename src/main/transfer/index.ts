export { exportStream, exportToFile } from './export-calls.ts'
