import { RE2JS, RE2JSSyntaxException } from 're2js'
import type { OwnPattern } from '#shared/contract/privacy.ts'
import { LIMITS } from '#shared/limits.ts'

/** Why a pattern cannot be used. */
export type PatternFault =
  | 'bracket'
  | 'range'
  | 'escape'
  | 'repetition'
  | 'unsupported'
  | 'syntax'
  /** It finds nothing at all everywhere. */
  | 'matches-empty'
  /** Its program would be too long. */
  | 'too-large'

export interface PatternProblem {
  fault: PatternFault
  /** Where it begins, in UTF-16 code units; null: it is of the whole. */
  position: number | null
}

export interface Span {
  start: number
  end: number
}

/** A pattern ready to be searched for, in time that grows with the text and not with what the pattern is made of. */
export interface CompiledPattern {
  /** @returns what it finds; null: it took too long, and what else there is is not known. */
  find(text: string): Span[] | null
}

const FAULTS: readonly [beginning: string, fault: PatternFault][] = [
  ['missing closing', 'bracket'],
  ['unexpected )', 'bracket'],
  ['invalid character class', 'range'],
  ['invalid escape', 'escape'],
  ['trailing backslash', 'escape'],
  ['invalid nested repetition', 'repetition'],
  ['invalid repeat', 'repetition'],
  ['missing argument to repetition', 'repetition'],
  ['invalid or unsupported Perl syntax', 'unsupported'],
  ['expression too large', 'too-large'],
]

/** Whatever finds nothing in one of these finds nothing between any two characters. */
const EMPTY_SAMPLES = ['', 'a', ' a1 ']
/** After so many finds the clock is looked at. */
const FINDS_PER_LOOK = 64

/** @param patternMs how long it may go through one text. */
export function compilePattern(
  pattern: string,
  patternMs: number = LIMITS.patternMs,
): CompiledPattern | PatternProblem {
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(pattern)
  } catch (error) {
    return problemOf(pattern, error)
  }
  if (compiled.programSize() > LIMITS.patternInstructions) return { fault: 'too-large', position: null }
  if (EMPTY_SAMPLES.some((sample) => findsNothing(compiled, sample)))
    return { fault: 'matches-empty', position: null }
  return { find: (text) => findAll(compiled, text, patternMs) }
}

export function isProblem(result: CompiledPattern | PatternProblem): result is PatternProblem {
  return 'fault' in result
}

/** What stands in the place of what a pattern finds. */
export function replacementOf({ name, replacement }: Pick<OwnPattern, 'name' | 'replacement'>): string {
  return replacement === '' ? `[redacted:${name}]` : replacement
}

function problemOf(pattern: string, error: unknown): PatternProblem {
  if (!(error instanceof RE2JSSyntaxException)) return { fault: 'syntax', position: null }
  const reason = String(error.error)
  const fault = FAULTS.find(([beginning]) => reason.startsWith(beginning))?.[1] ?? 'syntax'
  const part: unknown = error.input
  const position = typeof part === 'string' && part !== '' ? pattern.lastIndexOf(part) : pattern.length - 1
  return { fault, position: position < 0 ? null : position }
}

function findsNothing(compiled: RE2JS, sample: string): boolean {
  const matcher = compiled.matcher(sample)
  while (matcher.find()) if (matcher.end() === matcher.start()) return true
  return false
}

/**
 * Each find takes time in proportion to what is left of the text, so many finds may take its square: the clock ends that.
 */
function findAll(compiled: RE2JS, text: string, patternMs: number): Span[] | null {
  const spans: Span[] = []
  const matcher = compiled.matcher(text)
  const startedAt = performance.now()
  for (let finds = 1; matcher.find(); finds += 1) {
    const span = { start: matcher.start(), end: matcher.end() }
    if (span.end > span.start) spans.push(span)
    if (finds % FINDS_PER_LOOK === 0 && performance.now() - startedAt > patternMs) return null
  }
  return spans
}
