export { rebuildRollups } from './rebuild-rollups.ts'
export { breakDown, seriesOf, summarise, topCalls } from './statistics.ts'
