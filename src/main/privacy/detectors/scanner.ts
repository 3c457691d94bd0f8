import type { DetectorId } from '#shared/contract/privacy.ts'
import { recogniseCard } from './card.ts'
import type { Match, Recogniser } from './detector.ts'
import { recogniseEmail } from './email.ts'
import { recogniseIpv4, recogniseIpv6 } from './ip-address.ts'
import { keyRecognisers, recognisePlainKey } from './keys.ts'
import { recogniseAzureKey, recogniseNamedSecret } from './named-secrets.ts'
import { recognisePhone } from './phone.ts'
import { recogniseResidentId } from './resident-id.ts'
import { recogniseAuthorization, recogniseBearer, recogniseJwt, recognisePrivateKey } from './tokens.ts'

interface Entry {
  /** At each of these it is called. */
  characters: string
  /** If one of these stands before; absent: whatever does. */
  before?: string
  recognise: Recogniser
  /** What it may find. */
  finds: readonly DetectorId[]
}

const DIGITS = '0123456789'
/** Every run of digits is looked at once, from its beginning. NUL stands for the beginning, and for all beyond ASCII. */
const NO_DIGIT = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
  .filter((char) => !DIGITS.includes(char))
  .join('')
/** What ends a name, or stands between it and its sign. */
const AFTER_NAME = 'yY "\'\\'
const KEYS = [
  'openai-key',
  'anthropic-key',
  'google-key',
  'aws-key',
  'github-token',
  'slack-token',
  'stripe-key',
  'huggingface-token',
  'vendor-key',
] as const

/** Whoever stands first has the first word on a place. */
const ENTRIES: readonly Entry[] = [
  { characters: 'B', before: '-', recognise: recognisePrivateKey, finds: ['private-key'] },
  ...keyRecognisers().map(({ character, ...rest }) => ({ characters: character, finds: KEYS, ...rest })),
  { characters: '-', before: 'k', recognise: recognisePlainKey, finds: ['openai-key', 'vendor-key'] },
  { characters: 'J', before: 'y', recognise: recogniseJwt, finds: ['jwt'] },
  { characters: 'Q', before: 'J', recognise: recogniseAzureKey, finds: ['azure-key'] },
  { characters: 'eE', before: 'bB', recognise: recogniseBearer, finds: ['bearer-token'] },
  { characters: 'Zz', before: 'iI', recognise: recogniseAuthorization, finds: ['bearer-token'] },
  {
    characters: ':=',
    before: AFTER_NAME,
    recognise: recogniseNamedSecret,
    finds: ['aws-key', 'azure-key', 'vendor-key'],
  },
  { characters: '@', recognise: recogniseEmail, finds: ['email'] },
  { characters: DIGITS, before: NO_DIGIT, recognise: recogniseResidentId, finds: ['resident-id'] },
  { characters: DIGITS, before: NO_DIGIT, recognise: recogniseCard, finds: ['card'] },
  { characters: DIGITS, before: NO_DIGIT, recognise: recognisePhone, finds: ['phone'] },
  { characters: DIGITS, before: NO_DIGIT, recognise: recogniseIpv4, finds: ['ip', 'local-ip'] },
  { characters: ':', recognise: recogniseIpv6, finds: ['ip', 'local-ip'] },
]

const NOTHING: readonly Match[] = []

const ASCII = 128
const pairOf = (before: number, code: number) => before * ASCII + code

/**
 * Finds secrets and personal data in texts. It goes through a text once and stops at the few pairs of characters that
 * something could stand at, so that a text without any costs little more than looking at each of its characters.
 */
export class Scanner {
  readonly #enabled: ReadonlySet<DetectorId>
  /** By pairs of character codes. */
  readonly #recognisers: (readonly Recogniser[] | undefined)[] = []
  readonly #isWaitedFor = new Uint8Array(ASCII * ASCII)

  constructor(enabled: Iterable<DetectorId>) {
    this.#enabled = new Set(enabled)
    for (const entry of ENTRIES) if (entry.finds.some((id) => this.#enabled.has(id))) this.#await(entry)
  }

  /** Whether it looks for anything. */
  get isOn(): boolean {
    return this.#enabled.size > 0
  }

  /** @returns what it finds, in the order of the text; none overlaps another. */
  scan(text: string): readonly Match[] {
    const isWaitedFor = this.#isWaitedFor
    let matches: Match[] | undefined
    let from = 0
    let before = 0
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code >= ASCII) {
        before = 0
        continue
      }
      const pair = pairOf(before, code)
      before = code
      if (isWaitedFor[pair] === 0) continue
      const match = this.#recogniseAt(text, at, pair, from)
      if (!match) continue
      matches ??= []
      matches.push(match)
      from = match.end
      at = match.end - 1
      const last = text.charCodeAt(at)
      before = last < ASCII ? last : 0
    }
    return matches ?? NOTHING
  }

  #recogniseAt(text: string, at: number, pair: number, from: number): Match | null {
    for (const recognise of this.#recognisers[pair] ?? []) {
      const match = recognise(text, at, from)
      if (match && this.#enabled.has(match.by)) return match
    }
    return null
  }

  #await({ characters, before, recognise }: Entry): void {
    for (let code = 0; code < ASCII; code += 1) {
      if (before !== undefined && !before.includes(String.fromCharCode(code))) continue
      for (const character of characters) {
        const pair = pairOf(code, character.charCodeAt(0))
        this.#recognisers[pair] = [...(this.#recognisers[pair] ?? []), recognise]
        this.#isWaitedFor[pair] = 1
      }
    }
  }
}
