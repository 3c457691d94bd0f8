export type { Forgetting } from './forget.ts'
export { openForgetting } from './forget.ts'
export type { BadPattern, Privacy } from './privacy.ts'
export { openPrivacy } from './privacy.ts'
