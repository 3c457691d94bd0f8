import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultDataDir } from '../../src/main/data-folder.ts'
import { placeFile } from '../../src/main/relocation/place.ts'
import { readStartOptions } from '../../src/main/options.ts'

describe('readStartOptions', () => {
  test('has defaults for everything', () => {
    expect(readStartOptions([], {})).toEqual({
      dataDir: defaultDataDir(process.platform, {}, homedir()),
      placeFile: placeFile(process.platform, {}, homedir()),
      port: undefined,
      token: undefined,
      isHidden: false,
      isDemo: false,
      isFirstRunShown: true,
      alertTiming: { intervalMs: 60_000 },
    })
  })

  test('reads the command line', () => {
    const args = ['--data-dir', '/data', '--port', '0', '--token', 'secret', '--hidden', '--demo']
    expect(readStartOptions(args, {})).toEqual({
      dataDir: resolve('/data'),
      placeFile: undefined,
      port: 0,
      token: 'secret',
      isHidden: true,
      isDemo: true,
      isFirstRunShown: true,
      alertTiming: { intervalMs: 60_000 },
    })
  })

  test.each([
    [['--data_dir', '/data'], '--data_dir is not an option. There are --data-dir, --port,'],
    [['-p', '4318'], '-p is not an option.'],
    [['/data'], '/data is not an option.'],
    [['--port', '0', '--data-dir'], '--data-dir must be followed by its value.'],
    [['--constructor'], '--constructor is not an option.'],
  ])('of %o refuses what is not its own, unless others read them too', (args, problem) => {
    expect(() => readStartOptions(args, {}, 'refused')).toThrow(problem)
    expect(readStartOptions(args, {})).toMatchObject({ token: undefined, isHidden: false })
  })

  test('takes a token that begins like an option', () => {
    expect(readStartOptions(['--token', '-secret', '--'], {}, 'refused').token).toBe('-secret')
  })

  test('reads the environment', () => {
    const env = { LLMOPS_DATA_DIR: '/data', LLMOPS_PORT: '5000', LLMOPS_TOKEN: 'secret' }
    expect(readStartOptions([], { ...env, LLMOPS_ALERT_INTERVAL_S: '1' })).toMatchObject({
      dataDir: resolve('/data'),
      port: 5000,
      token: 'secret',
      alertTiming: { intervalMs: 1_000 },
    })
  })

  test('prefers the command line to the environment', () => {
    const env = { LLMOPS_DATA_DIR: '/env', LLMOPS_PORT: '5000', LLMOPS_TOKEN: 'env' }
    const args = ['--data-dir=/args', '--port=6000', '--token=args']
    expect(readStartOptions(args, env)).toMatchObject({
      dataDir: resolve('/args'),
      port: 6000,
      token: 'args',
    })
  })

  test('takes empty variables for unset ones', () => {
    const env = { LLMOPS_DATA_DIR: '', LLMOPS_PORT: '', LLMOPS_TOKEN: '' }
    expect(readStartOptions([], env)).toEqual(readStartOptions([], {}))
  })

  test('makes a relative folder absolute', () => {
    expect(readStartOptions(['--data-dir', 'here'], {}).dataDir).toBe(join(process.cwd(), 'here'))
  })

  test("lets Chromium's switches pass", () => {
    const args = ['--no-sandbox', '--remote-debugging-port=0', '.', '--port', '7000', '--inspect=0']
    expect(readStartOptions(args, {}).port).toBe(7000)
  })

  test.each(['0', '1', '4318', '65535'])('takes the port %s', (port) => {
    expect(readStartOptions(['--port', port], {}).port).toBe(Number(port))
  })

  test.each(['65536', '-1', '80.5', 'http', '0x10', '1e3', ' 80', '99999999999'])(
    'refuses the port %j and names the option',
    (port) => {
      expect(() => readStartOptions([`--port=${port}`], {})).toThrow(
        '--port must be a number from 0 to 65535',
      )
      expect(() => readStartOptions([], { LLMOPS_PORT: port })).toThrow('from 0 to 65535')
    },
  )

  test.each(['0', '3601', '-1', '1.5', '1e1', ' 1', 'often'])(
    'refuses to check alerts every %j s',
    (seconds) => {
      expect(() => readStartOptions([], { LLMOPS_ALERT_INTERVAL_S: seconds })).toThrow('from 1 to 3600')
    },
  )
})
