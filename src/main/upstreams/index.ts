export type { Upstreams, UpstreamProblem } from './upstreams.ts'
export { openUpstreams } from './upstreams.ts'
export type { ProxyTarget } from './target.ts'
export { readTarget, rewriteLocation } from './target.ts'
