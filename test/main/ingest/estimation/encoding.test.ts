import { expect, test } from 'vitest'
import { encodingOf } from '../../../../src/main/ingest/estimation/encoding.ts'

test.each([
  ['gpt-4o', 'o200k_base'],
  ['gpt-4o-mini-2024-07-18', 'o200k_base'],
  ['gpt-4.1-nano', 'o200k_base'],
  ['gpt-4.5-preview', 'o200k_base'],
  ['gpt-5-mini', 'o200k_base'],
  ['chatgpt-4o-latest', 'o200k_base'],
  ['o3-mini', 'o200k_base'],
  ['ft:gpt-4o-mini-2024-07-18:acme::a1', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-4-0613', 'cl100k_base'],
  ['gpt-4-turbo', 'cl100k_base'],
  ['GPT-4-32k', 'cl100k_base'],
  ['gpt-3.5-turbo-0125', 'cl100k_base'],
  ['gpt-35-turbo', 'cl100k_base'],
  ['ft:gpt-3.5-turbo:acme::a1', 'cl100k_base'],
  ['openai/gpt-4', 'cl100k_base'],
  ['text-embedding-3-small', 'cl100k_base'],
  ['text-embedding-ada-002', 'cl100k_base'],
  // Not published, or another in each model: an approximation.
  ['claude-sonnet-4-5', 'o200k_base'],
  ['qwen-max', 'o200k_base'],
  ['deepseek-chat', 'o200k_base'],
  ['text-embedding-v4', 'o200k_base'],
])('%s is counted by %s', (model, encoding) => {
  expect(encodingOf(model)).toBe(encoding)
})
