import type { DetectorId, Finding, OwnPattern, PrivacySettings } from '#shared/contract/privacy.ts'
import { DETECTORS } from '#shared/contract/privacy.ts'
import { Scanner } from './detectors/scanner.ts'
import { BareNumbers, mapJsonTexts, withoutNeedlessEscapes } from './json-texts.ts'
import type { CompiledPattern } from './own-patterns.ts'
import { compilePattern, isProblem, replacementOf } from './own-patterns.ts'

/** Hears what was found, by the detector's or the pattern's id. */
export type CountFound = (by: string) => void

/** A pattern of the user's own, ready to be used. */
interface ReadyPattern {
  id: string
  /** Empty: of all. */
  app: string
  compiled: CompiledPattern
  replacement: string
}

/** In the place of a text that a pattern could not be searched for in time. */
const WITHHELD = '[redacted:not-checked]'

const markerOf = (id: DetectorId) => `[redacted:${id}]`

/** Takes out of texts what settings say. Made anew when they change. */
export class Redactor {
  readonly #scanner: Scanner
  readonly #patterns: readonly ReadyPattern[]
  readonly #countFound: CountFound

  constructor(
    { detectors, patterns }: Pick<PrivacySettings, 'detectors' | 'patterns'>,
    countFound: CountFound = () => undefined,
  ) {
    this.#scanner = new Scanner(DETECTORS.filter((id) => detectors[id]))
    this.#patterns = patterns.flatMap((pattern) => readyPattern(pattern) ?? [])
    this.#countFound = countFound
  }

  /**
   * @param app whose text it is; undefined: it belongs to none, and patterns of single apps do not apply.
   * @returns the text itself if there is nothing to take out.
   */
  redact(text: string, format: 'text' | 'json', app: string | undefined): string {
    return format === 'json' ? this.#redactJson(text, app) : this.#redactText(text, app)
  }

  /** What it would take out of a text, in its order; what overlaps is one. @param app undefined: patterns of all apps. */
  find(text: string, app?: string): Finding[] {
    const patterns = this.#patterns.filter((pattern) => app === undefined || isFor(pattern, app))
    return this.#findIn(text, patterns) ?? [{ start: 0, end: text.length, by: '' }]
  }

  /** @returns the text with all of it taken out. */
  replace(text: string, findings: readonly Finding[]): string {
    let result = ''
    let copiedTo = 0
    for (const { start, end, by } of findings) {
      result += text.slice(copiedTo, start) + this.#replacementFor(by)
      copiedTo = end
    }
    return copiedTo === 0 ? text : result + text.slice(copiedTo)
  }

  #redactText(text: string, app: string | undefined): string {
    const patterns = this.#patternsFor(app)
    const findings = this.#findIn(text, patterns)
    if (findings === null) {
      this.#countFound('not-checked')
      return WITHHELD
    }
    for (const { by } of findings) this.#countFound(by)
    return this.replace(text, findings)
  }

  /** @returns null: it could not be gone through in time. */
  #findIn(text: string, patterns: readonly ReadyPattern[]): Finding[] | null {
    const found: Finding[] = [...this.#scanner.scan(text)]
    for (const { id, compiled } of patterns) {
      const spans = compiled.find(text)
      if (spans === null) return null
      for (const span of spans) found.push({ ...span, by: id })
    }
    return patterns.length === 0 ? found : withoutOverlaps(found)
  }

  /** Markers hold nothing that JSON escapes, so they may stand within its texts as they are. */
  #redactJson(json: string, app: string | undefined): string {
    const scanned = this.#scanner.isOn ? this.#scanJson(json) : json
    const patterns = this.#patternsFor(app)
    if (patterns.length === 0) return scanned
    return mapJsonTexts(scanned, (text) => this.#applyPatterns(text, patterns))
  }

  #applyPatterns(text: string, patterns: readonly ReadyPattern[]): string {
    const found: Finding[] = []
    for (const { id, compiled } of patterns) {
      const spans = compiled.find(text)
      if (spans === null) {
        this.#countFound('not-checked')
        return WITHHELD
      }
      for (const span of spans) found.push({ ...span, by: id })
    }
    const findings = withoutOverlaps(found)
    for (const { by } of findings) this.#countFound(by)
    return this.replace(text, findings)
  }

  #scanJson(json: string): string {
    const text = withoutNeedlessEscapes(json)
    const matches = this.#scanner.scan(text)
    if (matches.length === 0) return json
    const numbers = new BareNumbers(text)
    let result = ''
    let copiedTo = 0
    for (const { start, end, by } of matches) {
      if (start < copiedTo) continue
      const bare = numbers.around(start, end)
      const marker = markerOf(by)
      // A number that is no text yet becomes one.
      result += text.slice(copiedTo, bare?.start ?? start) + (bare ? `"${marker}"` : marker)
      copiedTo = bare?.end ?? end
      this.#countFound(by)
    }
    return result + text.slice(copiedTo)
  }

  #patternsFor(app: string | undefined): readonly ReadyPattern[] {
    return this.#patterns.length === 0
      ? this.#patterns
      : this.#patterns.filter((pattern) => isFor(pattern, app))
  }

  #replacementFor(by: string): string {
    const own = this.#patterns.find(({ id }) => id === by)
    if (own) return own.replacement
    return by === '' ? WITHHELD : `[redacted:${by}]`
  }
}

function isFor(pattern: ReadyPattern, app: string | undefined): boolean {
  return pattern.app === '' || pattern.app === app
}

function readyPattern(pattern: OwnPattern): ReadyPattern | null {
  if (!pattern.isEnabled) return null
  const compiled = compilePattern(pattern.pattern)
  // Only what can be used is saved; a later version may judge otherwise.
  if (isProblem(compiled)) return null
  return { id: pattern.id, app: pattern.app, compiled, replacement: replacementOf(pattern) }
}

/** Of what overlaps, the first takes the rest with it: nothing that was found stays. */
function withoutOverlaps(findings: Finding[]): Finding[] {
  const result: Finding[] = []
  for (const finding of findings.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1)
    if (last && finding.start < last.end) last.end = Math.max(last.end, finding.end)
    else result.push({ ...finding })
  }
  return result
}
