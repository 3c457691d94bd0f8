import { expect, test } from 'vitest'
import { parsePolicy, planPackages, type Machine } from '../../scripts/system-packages.ts'

const electronLibraries = ['libnss3', 'libatk-bridge2.0-0', 'libcups2', 'libgtk-3-0', 'libgbm1', 'libasound2']
const forTests = [
  'xvfb',
  'xauth',
  'dbus',
  'dbus-bin',
  'dbus-x11',
  'dunst',
  'desktop-file-utils',
  'shared-mime-info',
  'xdg-utils',
  'fonts-noto-cjk',
]

function machine(given: Partial<Machine>): Machine {
  return { installed: new Set(), available: new Set(), hasCommand: () => false, hasDisplay: false, ...given }
}

test('with everything installed nothing is missing', () => {
  const plan = planPackages('test', machine({ installed: new Set([...electronLibraries, ...forTests]) }))
  expect(plan.missing).toEqual([])
})

test('the newer names count as installed too', () => {
  const newer = [
    'libasound2t64',
    'libgtk-3-0t64',
    'libcups2t64',
    'libatk-bridge2.0-0t64',
    'libnss3',
    'libgbm1',
  ]
  expect(planPackages('start', machine({ installed: new Set(newer), hasDisplay: true })).missing).toEqual([])
})

test('the command names what this distribution can install', () => {
  const installed = new Set(electronLibraries.filter((name) => name !== 'libasound2'))
  const hasDisplay = true
  const older = planPackages('start', machine({ installed, hasDisplay, available: new Set(['libasound2']) }))
  expect(older.command).toBe('apt-get install -y --no-install-recommends libasound2')
  const newer = planPackages(
    'start',
    machine({ installed, hasDisplay, available: new Set(['libasound2t64']) }),
  )
  expect(newer.command).toBe('apt-get install -y --no-install-recommends libasound2t64')
})

test('starting on a desktop needs no virtual display, and never what only tests need', () => {
  const installed = new Set(electronLibraries)
  expect(planPackages('start', machine({ installed, hasDisplay: true })).missing).toEqual([])
  expect(planPackages('start', machine({ installed })).essential).toEqual(['xvfb'])
})

test('tests want the rest, but only what the app cannot do without is essential', () => {
  const plan = planPackages('test', machine({ installed: new Set(electronLibraries), hasDisplay: true }))
  expect(plan.missing.map(({ name }) => name)).toEqual(forTests)
  expect(plan.essential).toEqual([])
})

test('a command from elsewhere will do in place of its package', () => {
  const hasCommand = (name: string) => name === 'Xvfb'
  const plan = planPackages('start', machine({ installed: new Set(electronLibraries), hasCommand }))
  expect(plan.missing).toEqual([])
})

test('without dpkg only commands can be looked for', () => {
  const plan = planPackages('start', machine({ installed: undefined }))
  expect(plan.missing.map(({ name }) => name)).toEqual(['xvfb'])
})

test('apt-cache policy: virtual packages cannot be installed by name', () => {
  const output = [
    'libasound2:\n  Installed: (none)\n  Candidate: (none)\n  Version table:',
    'libasound2t64:\n  Installed: (none)\n  Candidate: 1.2.11\n  Version table:\n     1.2.11 500\n',
  ].join('\n')
  expect([...parsePolicy(output)]).toEqual(['libasound2t64'])
})
