import { describe, expect, test } from 'vitest'
import { countBodies } from '../../../../src/main/ingest/estimation/count-bodies.ts'
import type { Body } from '../../../../src/main/store/call.ts'
import { cl100k, o200k } from './vocabularies.ts'

const json = (value: unknown): Body => ({ format: 'json', text: JSON.stringify(value) })
const text = (value: string): Body => ({ format: 'text', text: value })

const countPrompt = (prompt: Body, count = o200k) =>
  countBodies({ encoding: 'o200k_base', prompt, response: null }, count, 100_000).prompt
const countResponse = (response: Body) =>
  countBodies({ encoding: 'o200k_base', prompt: null, response }, o200k, 100_000).response

/** From OpenAI's cookbook, "How to count tokens with tiktoken", with what the API itself counted. */
const COOKBOOK = [
  {
    role: 'system',
    content:
      'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
  },
  { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
  {
    role: 'system',
    name: 'example_assistant',
    content: 'Things working well together will increase revenue.',
  },
  {
    role: 'system',
    name: 'example_user',
    content:
      "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
  },
  {
    role: 'system',
    name: 'example_assistant',
    content: "Let's talk later when we're less busy about how to do better.",
  },
  {
    role: 'user',
    content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
  },
]

describe('a prompt', () => {
  test('that is text has the tokens of the text', () => {
    expect(countPrompt(text('你好，世界。How are you?'))).toBe(o200k('你好，世界。How are you?'))
  })

  test('of messages has what OpenAI’s API counts, marks around messages and names included', () => {
    expect(countPrompt(json(COOKBOOK), o200k)).toBe(124)
    expect(countPrompt(json(COOKBOOK), cl100k)).toBe(129)
  })

  test('is counted alike however a protocol wraps its messages', () => {
    const plain = countPrompt(json([{ role: 'user', content: '今天天气怎么样？' }]))
    expect(plain).toBe(o200k('今天天气怎么样？') + 7)
    for (const wrapped of [
      { model: 'gpt-4o', messages: [{ role: 'user', content: '今天天气怎么样？' }] },
      [{ role: 'user', content: [{ type: 'text', text: '今天天气怎么样？' }] }],
      [{ role: 'user', content: [{ type: 'input_text', text: '今天天气怎么样？' }] }],
      [{ role: 'user', parts: [{ type: 'text', content: '今天天气怎么样？' }] }],
      { contents: [{ role: 'user', parts: [{ text: '今天天气怎么样？' }] }] },
      [
        {
          role: 'user',
          'contents.0.message_content.type': 'text',
          'contents.0.message_content.text': '今天天气怎么样？',
        },
      ],
    ]) {
      expect(countPrompt(json(wrapped))).toBe(plain)
    }
  })

  test('with images and files has the tokens of its texts', () => {
    const picture = 'iVBORw0KGgo'.repeat(10_000)
    const question = { type: 'text', text: 'What is this?' }
    const plain = countPrompt(json([{ role: 'user', content: [question] }]))
    for (const media of [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
      { type: 'input_audio', input_audio: { data: picture, format: 'wav' } },
      { inlineData: { mimeType: 'image/png', data: picture } },
      { type: 'blob', mime_type: 'image/png', modality: 'image', content: picture },
    ]) {
      expect(countPrompt(json([{ role: 'user', content: [question, media] }]))).toBe(plain)
    }
  })

  test('of any other JSON has the tokens of its texts', () => {
    expect(countPrompt(json({ question: '多少钱？', context: ['a cat', { note: 'b' }], limit: 3 }))).toBe(
      o200k('多少钱？') + o200k('a cat') + o200k('b'),
    )
  })

  test('that only claims to be JSON is a text', () => {
    expect(countPrompt({ format: 'json', text: '{"half' })).toBe(o200k('{"half'))
  })

  test('that was cut is taken to go on as it begins', () => {
    const kept = 'token '.repeat(1_000)
    expect(countPrompt({ format: 'text', text: kept, originalLength: kept.length * 3 })).toBe(3 * o200k(kept))
    expect(countPrompt({ format: 'text', text: '', originalLength: 10 })).toBe(0)
  })

  test('however deep it is nested, is read no deeper than protocols nest', () => {
    const deep = '['.repeat(400_000) + '"x"' + ']'.repeat(400_000)
    expect(countPrompt({ format: 'json', text: deep })).toBe(0)
  })
})

describe('a response', () => {
  const call = { city: '北京', unit: 'celsius' }
  const answer = '北京今天晴。'

  test('has the tokens that the model wrote: no marks, no ids', () => {
    expect(countResponse(text(answer))).toBe(o200k(answer))
    for (const whole of [
      [{ role: 'assistant', content: answer }],
      {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' }],
      },
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4',
        content: [{ type: 'text', text: answer }],
        stop_reason: 'end_turn',
      },
      [{ role: 'assistant', parts: [{ type: 'text', content: answer }], finish_reason: 'stop' }],
      { candidates: [{ content: { role: 'model', parts: [{ text: answer }] }, finishReason: 'STOP' }] },
    ]) {
      expect(countResponse(json(whole))).toBe(o200k(answer))
    }
  })

  test('counts tool calls by name and arguments, written as text or as JSON', () => {
    const expected = o200k('get_weather') + o200k(JSON.stringify(call))
    for (const whole of [
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'get_weather', arguments: JSON.stringify(call) },
            },
          ],
        },
      ],
      [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: call }],
      [
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: call }],
        },
      ],
    ]) {
      expect(countResponse(json(whole))).toBe(expected)
    }
  })

  test('counts reasoning that is there to be read', () => {
    expect(countResponse(json([{ role: 'assistant', reasoning_content: '先查天气', content: answer }]))).toBe(
      o200k('先查天气') + o200k(answer),
    )
  })
})
