export { seriesOf, summarise } from './statistics.ts'
