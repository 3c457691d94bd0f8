import { expect, test } from 'vitest'
import { planTargets } from '../../../scripts/package/targets.ts'

const LINUX = ['AppImage', 'deb', 'tar.gz']
const BARE = { sevenZip: false, dpkgDeb: false }
const DEBIAN = { sevenZip: true, dpkgDeb: true }

test('where the tools can be fetched, everything is made', () => {
  expect(planTargets({ offered: LINUX, hasToolHost: true, has: BARE })).toEqual({
    targets: LINUX,
    leftOut: [],
  })
})

test('where they cannot, what the machine has tools for is made, and the rest is named', () => {
  const { targets, leftOut } = planTargets({ offered: LINUX, hasToolHost: false, has: DEBIAN })

  expect(targets).toEqual(['deb', 'tar.gz'])
  expect(leftOut.map(({ target }) => target)).toEqual(['AppImage'])
})

test('a machine without any tool makes the unpacked application', () => {
  const { targets, leftOut } = planTargets({ offered: LINUX, hasToolHost: false, has: BARE })

  expect(targets).toEqual(['dir'])
  expect(leftOut.map(({ target }) => target)).toEqual(LINUX)
})

test('what was asked for is made and nothing else', () => {
  expect(
    planTargets({ offered: LINUX, wanted: ['dir', 'tar.gz'], hasToolHost: false, has: DEBIAN }).targets,
  ).toEqual(['dir', 'tar.gz'])
})

test('what was asked for and cannot be made is a failure that says how it can', () => {
  const asked = (wanted: string[]) => () =>
    planTargets({ offered: LINUX, wanted, hasToolHost: false, has: { sevenZip: false, dpkgDeb: true } })

  expect(asked(['deb', 'tar.gz'])).toThrow('apt-get install -y p7zip-full')
  expect(asked(['AppImage'])).toThrow('does not reach')
  expect(asked(['dmg'])).toThrow('dir, AppImage, deb, tar.gz')
})
