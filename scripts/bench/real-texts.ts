import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../../src/main/demo/random.ts'
import { createRandom } from '../../src/main/demo/random.ts'
import type { NewCall } from '../../src/main/store/call.ts'
import { MONTH_END, MONTH_START } from './made-up-month.ts'

/** Raised when the calls change, so that data made before are made anew. */
export const TEXTS_VERSION = 1

const root = join(import.meta.dirname, '..', '..')
/** People wrote these, about programs and what they do: the libraries' own pages, and ours in Chinese. */
const ENGLISH = 'node_modules/*/{README,readme,Readme}.md'
const CHINESE = [
  'README.zh-CN.md',
  'node_modules/vue-echarts/README.zh-Hans.md',
  'src/renderer/i18n/zh-CN.ts',
]
const CHINESE_FOLDER = 'src/renderer/i18n/zh-CN/*.ts'
const CHINESE_TEXT = /[\u4e00-\u9fff][^'"`|<>{}]{3,200}/g
const LINE_LENGTH = { least: 20, most: 400 }

/** Each in one call of so many. */
const RARE_SHARE = 1 / 20_000
/** Of letters that are in many other words, too. */
export const RARE_WORDS = [
  'quorumless',
  'idempotentia',
  'TokenDrift_7',
  '账期',
  '对冲',
  '链路回溯',
  '踟蹰',
] as const

const PROMPT_LINES = { least: 2, most: 8 }
const RESPONSE_LINES = { least: 3, most: 14 }
const LATE_SHARE = 0.01
const LATE_MS_MAX = 2 * 3_600_000

export interface RealLines {
  english: [string, ...string[]]
  chinese: [string, ...string[]]
}

export async function readRealLines(): Promise<RealLines> {
  const english: string[] = []
  for (const file of await filesOf(ENGLISH)) {
    for (const line of readFileSync(join(root, file), 'utf8').split('\n')) {
      if (line.length >= LINE_LENGTH.least && line.length <= LINE_LENGTH.most) english.push(line)
    }
  }
  const chinese = [...CHINESE, ...(await filesOf(CHINESE_FOLDER))].flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(CHINESE_TEXT)].map(([text]) => text),
  )
  return { english: some(english), chinese: some(chinese) }
}

/** Calls of real lines in both languages, in the order of their arrival, some of them late. */
export function* realTextCalls(count: number, lines: RealLines): Generator<NewCall> {
  const random = createRandom(count)
  const spread = (MONTH_END - MONTH_START) / count
  for (let index = 0; index < count; index += 1) {
    const lateMs = random.next() < LATE_SHARE ? random.integer(0, LATE_MS_MAX) : 0
    const arrivedAt = Math.floor(MONTH_START + index * spread)
    yield {
      ...PLAIN_CALL,
      ...textsOf(random, lines),
      requestId: `text-${index}`,
      arrivedAt,
      startedAt: arrivedAt - lateMs,
    }
  }
}

/** About 1.5 KiB, two thirds of the calls in English. */
export function textsOf(
  random: Random,
  { english, chinese }: RealLines,
): Pick<NewCall, 'prompt' | 'response'> {
  const isChinese = random.next() < 1 / 3
  const text = ({ least, most }: typeof PROMPT_LINES) => {
    const picked = Array.from({ length: random.integer(least, most) }, () =>
      random.pick(isChinese ? chinese : english),
    )
    if (random.next() < RARE_SHARE * RARE_WORDS.length)
      picked.push(`${random.pick([...RARE_WORDS])} ${random.integer(0, 1e9)}`)
    return picked.join('\n')
  }
  return {
    prompt: { format: 'text', text: text(PROMPT_LINES) },
    response: { format: 'text', text: text(RESPONSE_LINES) },
  }
}

async function filesOf(pattern: string): Promise<string[]> {
  const files: string[] = []
  for await (const file of glob(pattern, { cwd: root })) files.push(file)
  return files.sort()
}

function some(lines: readonly string[]): [string, ...string[]] {
  const [first, ...others] = new Set(lines)
  if (first === undefined) throw new Error('there are no texts: run npm ci')
  return [first, ...others]
}

const PLAIN_CALL: Omit<NewCall, 'requestId' | 'startedAt' | 'arrivedAt' | 'prompt' | 'response'> = {
  source: 'native',
  isStep: false,
  app: 'assistant',
  appType: null,
  environment: null,
  userId: null,
  sessionId: null,
  provider: 'openai',
  requestModel: 'gpt-4o',
  model: 'gpt-4o',
  operation: 'chat',
  name: null,
  status: 'ok',
  errorType: null,
  errorMessage: null,
  reportedStartedAt: null,
  durationUs: 900_000,
  ttftUs: null,
  inputTokens: 300,
  outputTokens: 200,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  totalTokens: 500,
  usageSource: 'reported',
  costNanos: null,
  costSource: null,
  costConfigId: null,
  reportedCost: null,
  traceId: null,
  spanId: null,
  parentSpanId: null,
  tags: [],
  flags: [],
  attributes: null,
}
