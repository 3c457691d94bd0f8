import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backupScheduleSchema } from '#shared/contract/backups.ts'
import { DEFAULT_PRIVACY } from '#shared/contract/privacy.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import type { Upstream } from '#shared/contract/upstreams.ts'
import type { SettingsParts } from '../../../src/main/settings/settings-file.ts'
import { readSettingsFile, writeSettingsFile } from '../../../src/main/settings/settings-file.ts'

const OPENAI: Upstream = {
  name: 'openai',
  baseUrl: 'https://api.openai.com',
  flavour: 'openai',
  isBuiltIn: true,
  defaultBaseUrl: 'https://api.openai.com',
}
const HOUSE: Upstream = {
  name: 'house',
  baseUrl: 'https://gateway.example.com',
  flavour: 'openai',
  isBuiltIn: false,
  defaultBaseUrl: null,
}
const fresh: SettingsParts = {
  settings: DEFAULT_SETTINGS,
  privacy: DEFAULT_PRIVACY,
  backups: backupScheduleSchema.parse({}),
  upstreams: [OPENAI],
}
const used: SettingsParts = {
  settings: {
    ...DEFAULT_SETTINGS,
    theme: 'dark',
    requireToken: true,
    isWelcomeDone: true,
    exchangeRates: { CNY: 0.14 },
    retention: { ...DEFAULT_SETTINGS.retention, archiveFolder: '/mnt/archives' },
  },
  privacy: { ...DEFAULT_PRIVACY, capture: { mode: 'none', length: 2_000 } },
  backups: { ...fresh.backups, every: 'day' },
  upstreams: [{ ...OPENAI, baseUrl: 'https://proxy.example.com' }, HOUSE],
}
const fileOf = (parts: SettingsParts) => JSON.stringify(writeSettingsFile(parts, '0.1.0', 0))
const withChange = (change: object) => JSON.stringify({ ...writeSettingsFile(used, '0.1.0', 0), ...change })
const reasonOf = (text: string) => {
  const { reading } = readSettingsFile(text, fresh)
  return reading.outcome === 'refused' ? reading.reason : 'read'
}

describe('a file of settings', () => {
  test('changes another console to what was written, and nothing the second time', () => {
    const file = readSettingsFile(fileOf(used), fresh)
    if (file.outcome !== 'read') throw new Error('refused')
    expect(file.reading.changes.map(({ area, name }) => `${area}.${name}`)).toEqual([
      'settings.theme',
      'settings.requireToken',
      'settings.exchangeRates',
      'privacy.capture',
      'backups.every',
      'upstreams.openai',
      'upstreams.house',
    ])
    expect(file.wanted.settings).toEqual({
      theme: 'dark',
      requireToken: true,
      exchangeRates: { CNY: 0.14 },
    })
    expect(readSettingsFile(fileOf(used), used).reading).toEqual({
      outcome: 'read',
      changes: [],
      unknown: [],
    })
  })

  test('holds no folder of this machine, and leaves that of the other alone', () => {
    expect(fileOf(used)).not.toContain('/mnt/archives')
    expect(fileOf(used)).not.toContain('isWelcomeDone')
    const { reading } = readSettingsFile(fileOf(fresh), used)
    expect(JSON.stringify(reading)).not.toContain('"name":"retention"')
  })

  test('is refused as a whole if it is no JSON, not ours, newer, or in part not valid', () => {
    expect(reasonOf('{')).toBe('not-json')
    expect(reasonOf('[]')).toBe('not-settings')
    expect(reasonOf('{"theme":"dark"}')).toBe('not-settings')
    expect(reasonOf(withChange({ version: 2 }))).toBe('newer')
    expect(reasonOf(withChange({ version: '1' }))).toBe('not-settings')
    expect(reasonOf(withChange({ settings: [] }))).toBe('invalid')
    expect(
      readSettingsFile(withChange({ settings: { theme: 'pink', language: 'en' } }), fresh).reading,
    ).toMatchObject({
      outcome: 'refused',
      problems: [{ path: 'settings.theme' }],
    })
    const bad = { ...HOUSE, baseUrl: 'https://me:secret@gateway.example.com' }
    expect(readSettingsFile(withChange({ upstreams: [bad] }), fresh).reading).toMatchObject({
      problems: [{ path: 'upstreams[0].baseUrl', reason: 'must not hold credentials' }],
    })
    expect(reasonOf(withChange({ upstreams: [{ ...OPENAI, flavour: 'anthropic' }] }))).toBe('invalid')
    expect(reasonOf(withChange({ upstreams: [HOUSE, HOUSE] }))).toBe('invalid')
  })

  test('may name what is not known, which is told and left alone', () => {
    const text = withChange({
      settings: { fromTheFuture: 1, __proto__: 2, constructor: 3, isWelcomeDone: true },
    })
    expect(readSettingsFile(text, fresh).reading).toMatchObject({
      outcome: 'read',
      unknown: ['settings.fromTheFuture', 'settings.constructor', 'settings.isWelcomeDone'],
    })
  })

  test('whatever it holds, it is read or refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (settings, upstreams) => {
        const { outcome } = readSettingsFile(withChange({ settings, upstreams }), fresh)
        expect(['read', 'refused']).toContain(outcome)
      }),
      { numRuns: 200 },
    )
  })
})
