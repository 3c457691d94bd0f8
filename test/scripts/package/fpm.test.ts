import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { projectRoot } from '../../../scripts/build.ts'
import { findCommand } from '../../../scripts/find-command.ts'
import { readFpmArguments } from '../../../scripts/package/fpm.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmops-fpm-'))
afterAll(() => rmSync(folder, { recursive: true }))

const output = join(folder, 'app.deb')
/** As electron-builder 26 calls fpm. */
const ARGUMENTS = [
  ...['-s', 'dir', '--force', '-t', 'deb', '-d', 'libgtk-3-0', '-d', 'libnss3 | libnss4'],
  ...['--deb-recommends', 'libsecret-1-0', '--deb-compression', 'xz', '--architecture', 'amd64'],
  ...['--after-install', join(folder, 'install.sh'), '--after-remove', join(folder, 'remove.sh')],
  ...['--description', 'In short\n At length.\n\nAnd more.', '--version', '0.1.0~beta', '--package', output],
  ...['--name', 'llmops-console', '--maintainer', 'Some <some@example.com>', '--vendor', 'Some <s@e.com>'],
  ...['--url', 'https://example.com', '--deb-priority', 'optional', '--license', 'MIT'],
  `${join(folder, 'unpacked')}/=/opt/The App`,
  `${join(folder, 'app.desktop')}=/usr/share/applications/app.desktop`,
]

test('the arguments of electron-builder become the fields of a Debian package', () => {
  const { control, files, scripts } = readFpmArguments(ARGUMENTS)

  expect(Object.fromEntries(control)).toEqual({
    Package: 'llmops-console',
    Version: '0.1.0~beta',
    Architecture: 'amd64',
    Maintainer: 'Some <some@example.com>',
    Section: 'devel',
    Priority: 'optional',
    Homepage: 'https://example.com',
    Depends: 'libgtk-3-0, libnss3 | libnss4',
    Recommends: 'libsecret-1-0',
    Description: 'In short\n At length.\n .\n And more.',
  })
  expect(files).toEqual([
    { source: `${join(folder, 'unpacked')}/`, target: '/opt/The App' },
    { source: join(folder, 'app.desktop'), target: '/usr/share/applications/app.desktop' },
  ])
  expect(scripts.postinst).toBe(join(folder, 'install.sh'))
})

test('another kind of package, and an option that is not known, are refused', () => {
  expect(() => readFpmArguments(['-s', 'dir', '-t', 'rpm'])).toThrow('only deb')
  expect(() => readFpmArguments([...ARGUMENTS, '--rpm-summary', 'x'])).toThrow('rpm-summary')
})

test.skipIf(findCommand('dpkg-deb') === undefined)('dpkg reads what was packed', () => {
  mkdirSync(join(folder, 'unpacked'))
  writeFileSync(join(folder, 'unpacked', 'the-app'), 'program', { mode: 0o755 })
  for (const name of ['app.desktop', 'install.sh', 'remove.sh'])
    writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o600 })

  execFileSync(process.execPath, [join(projectRoot, 'scripts', 'package', 'fpm.ts'), ...ARGUMENTS])

  const dpkg = (...args: string[]) => execFileSync('dpkg-deb', args, { encoding: 'utf8' })
  expect(dpkg('--field', output, 'Version', 'Installed-Size')).toBe(
    'Version: 0.1.0~beta\nInstalled-Size: 1\n',
  )
  const listed = dpkg('--contents', output).split('\n')
  expect(listed.find((line) => line.endsWith('./opt/The App/the-app'))).toMatch(/^-rwxr-xr-x root\/root/)
  expect(listed.find((line) => line.endsWith('/app.desktop'))).toMatch(/^-rw-r--r-- root\/root/)
})
