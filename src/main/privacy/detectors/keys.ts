import type { DetectorId } from '#shared/contract/privacy.ts'
import { endOf, endWithin, hasDigit, isAlnum, isUrlSafe, isWordStart } from './characters.ts'
import type { Match, Recogniser } from './detector.ts'

/** Keys of vendors that begin in a way of their own. */
interface KeyShape {
  prefix: string
  by: DetectorId
  /** What follows the prefix. */
  test: (text: string, at: number) => boolean
  least: number
}

const key = (by: DetectorId, test: KeyShape['test'], least: number, ...prefixes: string[]): KeyShape[] =>
  prefixes.map((prefix) => ({ prefix, by, test, least }))

const isDotted = (text: string, at: number) => isUrlSafe(text, at) || text.charAt(at) === '.'

/** As much of a key is looked at to say whether it is one: what is none may hold many beginnings of others. */
const HEAD_LENGTH = 64

/** A longer prefix stands before a shorter one that it begins with. */
const SHAPES: readonly KeyShape[] = [
  ...key('anthropic-key', isUrlSafe, 20, 'sk-ant-'),
  ...key('openai-key', isUrlSafe, 20, 'sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'),
  ...key('vendor-key', isAlnum, 20, 'sk-or-v1-'),
  ...key('github-token', isUrlSafe, 30, 'github_pat_'),
  ...key('github-token', isAlnum, 30, 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'),
  ...key(
    'slack-token',
    isUrlSafe,
    10,
    'xoxa-',
    'xoxb-',
    'xoxc-',
    'xoxd-',
    'xoxe-',
    'xoxo-',
    'xoxp-',
    'xoxr-',
  ),
  ...key('slack-token', isUrlSafe, 10, 'xoxs-', 'xoxe.xoxp-', 'xapp-'),
  ...key('stripe-key', isAlnum, 16, 'sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'),
  ...key('huggingface-token', isAlnum, 30, 'hf_', 'api_org_'),
  ...key('google-key', isUrlSafe, 35, 'AIza'),
  ...key('google-key', isUrlSafe, 20, 'GOCSPX-', 'ya29.'),
  // Access key ids have 16 characters after the first four, Alibaba's and Tencent's more.
  ...key('aws-key', isAlnum, 16, 'AKIA', 'ASIA', 'ABIA', 'ACCA'),
  ...key('vendor-key', isAlnum, 16, 'LTAI', 'AKID'),
  ...key(
    'vendor-key',
    isAlnum,
    20,
    'gsk_',
    'r8_',
    'npm_',
    'pplx-',
    'xai-',
    'nvapi-',
    'fw_',
    'tvly-',
    'jina_',
  ),
  ...key('vendor-key', isUrlSafe, 20, 'glpat-', 'pypi-', 'dop_v1_', 'lsv2_'),
  ...key('vendor-key', isDotted, 40, 'SG.'),
]

/** Of these, one stands in every prefix, and seldom elsewhere: the last of them in a prefix is what is waited for. */
const RARE = /[-_A-Z2z](?=[^-_A-Z2z]*$)/

/** By the character at which their recognition begins, and the one before it. */
export function keyRecognisers(): { character: string; before: string; recognise: Recogniser }[] {
  const byPair = new Map<string, { shape: KeyShape; offset: number }[]>()
  for (const shape of SHAPES) {
    const offset = RARE.exec(shape.prefix)?.index ?? 1
    const pair = shape.prefix.slice(offset - 1, offset + 1)
    byPair.set(pair, [...(byPair.get(pair) ?? []), { shape, offset }])
  }
  return [...byPair].map(([pair, shapes]) => ({
    character: pair.charAt(1),
    before: pair.charAt(0),
    recognise: recogniserOf(shapes),
  }))
}

function recogniserOf(shapes: readonly { shape: KeyShape; offset: number }[]): Recogniser {
  return (text, at, from) => {
    for (const { shape, offset } of shapes) {
      const { prefix, by, test, least } = shape
      const start = at - offset
      if (start < from || !text.startsWith(prefix, start) || !isWordStart(text, start)) continue
      const tail = start + prefix.length
      const head = endWithin(text, tail, HEAD_LENGTH, test)
      // Words have no digits: without one it is something else.
      if (head - tail < least || !hasDigit(text, tail, head)) continue
      return { start, end: endOf(text, head, test), by }
    }
    return null
  }
}

/** What tells OpenAI's older keys from others that begin with `sk-`: "OpenAI" in base64. */
const OPENAI_MARK = 'T3BlbkFJ'
const LEAST_PLAIN_KEY = 20

/**
 * Keys that begin with `sk-` and nothing else that says whose they are: OpenAI's older ones, DashScope's, DeepSeek's,
 * Moonshot's and more. Names that begin so have no twenty letters and digits in a row.
 */
export function recognisePlainKey(text: string, at: number, from: number): Match | null {
  const start = at - 2
  if (start < from || !text.startsWith('sk-', start) || !isWordStart(text, start)) return null
  const end = endOf(text, at + 1, isAlnum)
  if (end - at - 1 < LEAST_PLAIN_KEY || !hasDigit(text, at + 1, end)) return null
  const isOpenAi = text.slice(start, end).includes(OPENAI_MARK)
  return { start, end, by: isOpenAi ? 'openai-key' : 'vendor-key' }
}
