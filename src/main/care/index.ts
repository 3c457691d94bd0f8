export type { BackupProblem, Backups } from './backups.ts'
export { openBackups } from './backups.ts'
export type { DatabaseCare } from './database-care.ts'
export { createDatabaseCare } from './database-care.ts'
