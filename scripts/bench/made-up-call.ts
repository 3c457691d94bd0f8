/** The text of a prompt or a response. */
const TEXT_BYTES = 768
const WORDS =
  '你好 模型 延迟 请求 成本 the model latency tokens cost prompt answer cache tool stream evaluate index'.split(
    ' ',
  )

const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(Math.random() * items.length)]
const integer = (least: number, most: number) => least + Math.floor(Math.random() * (most - least + 1))

function someText(): string {
  let text = ''
  while (Buffer.byteLength(text) < TEXT_BYTES) text += `${pick(WORDS)} `
  return text
}

/** What every bench sends or inserts: about 1.5 KiB of text in two scripts, and labels that repeat. */
export function madeUpCall() {
  return {
    app: `app-${integer(1, 8)}`,
    model: pick(['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'qwen-max']) ?? '',
    userId: `user-${integer(1, 200)}`,
    startedAt: Date.now() - integer(0, 60_000),
    durationMs: Math.round(80 + Math.exp(Math.random() * 8)),
    ttftMs: integer(40, 900),
    inputTokens: integer(50, 2_000),
    outputTokens: integer(10, 800),
    prompt: someText(),
    response: someText(),
  }
}
