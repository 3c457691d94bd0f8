import type { Retention } from '#shared/contract/retention.ts'
import { DEFAULT_RETENTION } from '#shared/contract/retention.ts'

type LimitName = keyof Retention
type AppLimit = Retention['apps'][number]

export interface MergedLimits {
  merged: Retention
  /** What was changed in the store alone, and is taken over. */
  followed: LimitName[]
  /** What was changed on both sides, to different values. */
  disputed: LimitName[]
}

/**
 * Brings together what somebody writes into the form and what was stored meanwhile: each keeps what only it has changed;
 * where both have changed the same, the form wins.
 *
 * @param base what both began with.
 */
export function mergeLimits({
  base,
  mine,
  theirs,
}: Record<'base' | 'mine' | 'theirs', Retention>): MergedLimits {
  const merged = { ...theirs }
  const followed = new Set<LimitName>()
  const disputed = new Set<LimitName>()
  const compare = <T>(name: LimitName, [was, here, there]: readonly [T, T, T], isSame = Object.is): T => {
    if (!isSame(was, there) && !isSame(here, there)) (isSame(was, here) ? followed : disputed).add(name)
    return isSame(was, here) ? there : here
  }
  const merge = <Name extends Exclude<LimitName, 'apps'>>(name: Name) => {
    merged[name] = compare(name, [base[name], mine[name], theirs[name]])
  }
  for (const name of LIMIT_NAMES) if (name !== 'apps') merge(name)
  const apps = [...new Set([...mine.apps, ...theirs.apps].map(({ app }) => app))]
  const limitOf = ({ apps: limits }: Retention, app: string) => limits.find((limit) => limit.app === app)
  merged.apps = apps.flatMap(
    (app) => compare('apps', [limitOf(base, app), limitOf(mine, app), limitOf(theirs, app)], isSameApp) ?? [],
  )
  return { merged, followed: [...followed], disputed: [...disputed] }
}

/** Whether nothing would change by storing it. A field without a number is not one without a limit. */
export function isSameLimits(one: Retention, other: Retention): boolean {
  return LIMIT_NAMES.every((name) =>
    name === 'apps'
      ? one.apps.length === other.apps.length &&
        one.apps.every((app, index) => isSameApp(app, other.apps[index]))
      : Object.is(one[name], other[name]),
  )
}

const LIMIT_NAMES = Object.keys(DEFAULT_RETENTION) as LimitName[]

function isSameApp(one: AppLimit | undefined, other: AppLimit | undefined): boolean {
  return (
    one?.app === other?.app &&
    Object.is(one?.bodiesDays, other?.bodiesDays) &&
    Object.is(one?.callsDays, other?.callsDays)
  )
}
