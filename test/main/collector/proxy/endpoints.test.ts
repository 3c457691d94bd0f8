import { describe, expect, test } from 'vitest'
import { readEndpoint } from '../../../../src/main/collector/proxy/endpoints.ts'

describe('which requests are calls', () => {
  test.each([
    ['openai', 'POST', '/v1/chat/completions', 'openai-chat'],
    ['openai', 'POST', '/v1/chat/completions/', 'openai-chat'],
    ['openai', 'POST', '/openai/deployments/gpt/chat/completions', 'openai-chat'],
    ['openai', 'POST', '/v1/completions', 'openai-completions'],
    ['openai', 'POST', '/v1/responses', 'openai-responses'],
    ['openai', 'POST', '/v1/embeddings', 'openai-embeddings'],
    ['openai', 'POST', '/anthropic/v1/messages', 'anthropic-messages'],
    ['anthropic', 'POST', '/v1/messages', 'anthropic-messages'],
    ['anthropic', 'POST', '/v1/chat/completions', 'openai-chat'],
    ['ollama', 'POST', '/api/chat', 'ollama-chat'],
    ['ollama', 'POST', '/api/generate', 'ollama-generate'],
    ['ollama', 'POST', '/api/embed', 'ollama-embed'],
    ['ollama', 'POST', '/v1/chat/completions', 'openai-chat'],
    ['openai', 'GET', '/v1/chat/completions', null],
    ['openai', 'GET', '/v1/models', null],
    ['openai', 'POST', '/v1/files', null],
    ['openai', 'POST', '/v1/responses/resp_1/cancel', null],
    ['openai', 'POST', '/v1/threads/thread_1/messages', null],
    ['openai', 'POST', '/api/chat', null],
    ['anthropic', 'POST', '/v1/messages/count_tokens', null],
    ['anthropic', 'POST', '/v1/messages/batches', null],
    ['openai', 'POST', '', null],
  ] as const)('%s: %s %s', (flavour, method, path, expected) => {
    expect(readEndpoint(flavour, method, path)).toBe(expected)
  })
})
