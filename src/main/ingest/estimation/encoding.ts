/** Byte-pair encodings that are published, by their names in OpenAI's tiktoken. */
export type Encoding = 'o200k_base' | 'cl100k_base'

/** OpenAI's models before GPT-4o, wherever they run (Azure writes gpt-35), fine-tuned ones included. */
const OLDER_OPENAI = /^(?:ft:)?(?:gpt-4(?![o.\d])|gpt-3\.?5|text-embedding-(?:3|ada-002))/i

/**
 * The encoding that a model's tokens are counted by. OpenAI's own is exact. Other vendors do not publish theirs, or each
 * model has another; of those that are, o200k_base is the nearest: its vocabulary is as large as theirs and as much at
 * home in Chinese.
 *
 * @param model as calls name it, such as `gpt-4o-mini-2024-07-18` or `openai/gpt-4`.
 */
export function encodingOf(model: string): Encoding {
  const name = model.slice(model.lastIndexOf('/') + 1)
  return OLDER_OPENAI.test(name) ? 'cl100k_base' : 'o200k_base'
}
