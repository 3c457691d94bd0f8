import { describe, expect, test } from 'vitest'
import { OLLAMA_TEXT, startOllama } from '../../../vendors/ollama-server.ts'
import { consoleWith, onlyCall } from './open-proxy.ts'

const TEXT = OLLAMA_TEXT.join('')
const COUNTS = { inputTokens: 26, outputTokens: 12, totalTokens: 38, usageSource: 'reported' }

async function post(path: string, body: unknown) {
  const vendor = await startOllama()
  const opened = await consoleWith({ ollama: vendor.url })
  const answer = await opened.send({ method: 'POST', path: `/proxy/ollama${path}`, body })
  expect(answer.status).toBe(200)
  return { answer, call: await onlyCall(opened) }
}

describe("Ollama's protocol through the proxy", () => {
  test.each([undefined, false])('chat, stream %s', async (stream) => {
    const messages = [{ role: 'user', content: 'Hallo' }]
    const { answer, call } = await post('/api/chat', { model: 'llama3.2', messages, stream })
    expect(answer.headers['content-type']).toBe(
      stream === false ? 'application/json' : 'application/x-ndjson',
    )
    expect(call).toMatchObject({
      ...COUNTS,
      provider: 'ollama',
      operation: 'chat',
      requestModel: 'llama3.2',
      model: 'llama3.2',
      status: 'ok',
      prompt: messages,
      response: TEXT,
    })
    expect(call.ttftMs === null).toBe(stream === false)
  })

  test.each([undefined, false])('generate, stream %s', async (stream) => {
    const { call } = await post('/api/generate', {
      model: 'llama3.2',
      prompt: 'Hallo',
      stream,
      options: { temperature: 0.2 },
    })
    expect(call).toMatchObject({
      ...COUNTS,
      operation: 'text_completion',
      status: 'ok',
      prompt: 'Hallo',
      response: TEXT,
      attributes: { 'gen_ai.request.temperature': 0.2 },
    })
  })

  test('embed', async () => {
    const { call } = await post('/api/embed', { model: 'nomic-embed-text', input: 'Hallo' })
    expect(call).toMatchObject({
      operation: 'embeddings',
      inputTokens: 3,
      outputTokens: null,
      response: null,
    })
  })
})
