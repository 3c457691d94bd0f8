import { Failure } from '../failure.ts'

export interface Machine {
  /** What the configuration has for this system. */
  offered: readonly string[]
  /** What was asked for; undefined: whatever can be made. */
  wanted?: readonly string[] | undefined
  /** Whether electron-builder can fetch its tools. */
  hasToolHost: boolean
  has: { sevenZip: boolean; dpkgDeb: boolean }
}

export interface TargetPlan {
  targets: string[]
  leftOut: { target: string; reason: string }[]
}

/** Unpacked: always there, and no package. */
const UNPACKED = 'dir'

/** Which kinds of package are made. Throws a Failure if one was asked for that cannot be. */
export function planTargets({ offered, wanted, hasToolHost, has }: Machine): TargetPlan {
  const unknown = wanted?.find((target) => target !== UNPACKED && !offered.includes(target))
  if (unknown !== undefined)
    throw new Failure(
      `There is no ${unknown} for this system: name some of ${[UNPACKED, ...offered].join(', ')}.`,
    )
  const leftOut = (wanted ?? offered).flatMap((target) => {
    const reason = hasToolHost ? undefined : missingFor(target, has)
    return reason === undefined ? [] : [{ target, reason }]
  })
  const [first] = leftOut
  if (wanted !== undefined && first !== undefined)
    throw new Failure(`${first.target} cannot be made here: ${first.reason}`)
  const targets = (wanted ?? offered).filter((target) => leftOut.every((left) => left.target !== target))
  return { targets: targets.length > 0 ? targets : [UNPACKED], leftOut }
}

function missingFor(target: string, has: Machine['has']): string | undefined {
  if (target === UNPACKED) return undefined
  if (target === 'tar.gz' || target === 'zip')
    return has.sevenZip ? undefined : 'it needs 7-Zip (Debian: apt-get install -y p7zip-full).'
  if (target === 'deb')
    return has.dpkgDeb ? undefined : 'it needs dpkg-deb (Debian: apt-get install -y dpkg).'
  if (target === 'AppImage')
    return 'its runtime and mksquashfs (appimage-… of electron-builder-binaries) come from github.com, which this network does not reach.'
  return 'its tools (of electron-builder-binaries) come from github.com, which this network does not reach.'
}
