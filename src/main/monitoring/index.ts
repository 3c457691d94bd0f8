export { rebuildRollups } from './rebuild-rollups.ts'
export { breakDown, seriesOf, summarise } from './statistics.ts'
