export type { Archives } from './archives.ts'
export type { RetentionClock } from './clock.ts'
export type { RetentionKeeper } from './retention.ts'
export { openRetention } from './retention.ts'
