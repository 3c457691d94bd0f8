export { cutIntoBuckets } from './buckets.ts'
export { rebuildRollups } from './rebuild-rollups.ts'
export { breakDown, compareWithPrevious, seriesOf, summarise, topCalls } from './statistics.ts'
