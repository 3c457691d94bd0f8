/** What of calls goes: the whole of them, or only their texts. */
export type ExpiryKind = 'bodies' | 'calls'

/** The calls of one app, or those of all but some. */
export type ExpiryScope = { app: string } | { exceptApps: readonly string[] }

/** A scope's name in the marks of days that were gone through. */
export function nameOfScope(scope: ExpiryScope): string {
  return 'app' in scope ? scope.app : ''
}
