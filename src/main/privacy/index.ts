export type { BadPattern, Privacy } from './privacy.ts'
export { openPrivacy } from './privacy.ts'
