import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../../../src/renderer/theme/tokens.css'), 'utf8')

function coloursOf(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? ''
  return new Map(
    [...block.matchAll(/--color-([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
}

const light = coloursOf(':root')
const themes = { light, dark: new Map([...light, ...coloursOf('html.dark')]) }

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(theme: Map<string, string>, foreground: string, background: string): number {
  const [one = 0, other = 0] = [foreground, background].map((name) => {
    const colour = theme.get(name)
    if (!colour) throw new Error(`there is no --color-${name}`)
    return luminance(colour)
  })
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

const TEXT = [
  ...['page', 'surface', 'raised', 'sunken'].flatMap((ground) => [
    ['text', ground] as const,
    ['text-muted', ground] as const,
  ]),
  ...['ok', 'error', 'warning', 'accent'].map((colour) => [colour, 'surface'] as const),
  ...['ok', 'error', 'accent'].map((colour) => [colour, 'sunken'] as const),
  ['warning', 'raised'],
  ['error', 'raised'],
  ['accent', 'accent-soft'],
  ['on-accent', 'accent'],
  ['error', 'error-soft'],
  ['warning', 'warning-soft'],
  ['text', 'warning-soft'],
] as const

/** Lines, bars and marks that carry meaning. */
const GRAPHICS = ['p50', 'p95', 'p99', 'bar-error', 'input', 'cached', 'output', 'cost'] as const

describe.each(['light', 'dark'] as const)('the %s theme', (name) => {
  test.each(TEXT)('%s is readable on %s (WCAG AA, 4.5 : 1)', (foreground, background) => {
    expect(contrast(themes[name], foreground, background)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(GRAPHICS)('%s can be told from its panel (3 : 1)', (colour) => {
    expect(contrast(themes[name], colour, 'surface')).toBeGreaterThanOrEqual(3)
  })
})
