import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMessages } from '../../../../src/renderer/pages/calls/detail/conversation.ts'

const text = (words: string) => ({ kind: 'text', text: words })

describe('readMessages', () => {
  test('nothing is no message', () => {
    expect(readMessages(null, 'user')).toEqual([])
    expect(readMessages('', 'user')).toEqual([])
  })

  test('plain text is one message of whoever wrote it', () => {
    expect(readMessages('<b>Hi</b>', 'user')).toEqual([{ role: 'user', parts: [text('<b>Hi</b>')] }])
  })

  test("OpenAI's chat: roles, an image, a tool call and its result", () => {
    const messages = readMessages(
      [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'image_url', image_url: { url: 'https://example.com/cat.jpg' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'A cat' },
      ],
      'user',
    )
    expect(messages).toEqual([
      { role: 'system', parts: [text('Be brief.')] },
      {
        role: 'user',
        parts: [
          text('What is this?'),
          { kind: 'image', mimeType: 'image/png', address: null },
          { kind: 'image', mimeType: null, address: 'https://example.com/cat.jpg' },
        ],
      },
      { role: 'assistant', parts: [{ kind: 'toolCall', name: 'look', id: 'c1', text: '{\n  "at": 1\n}' }] },
      { role: 'tool', parts: [{ kind: 'toolResult', name: null, id: 'c1', text: 'A cat' }] },
    ])
  })

  test("an answer of OpenAI's as it came", () => {
    const body = {
      id: 'x',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Yes' } }],
    }
    expect(readMessages(body, 'assistant')).toEqual([{ role: 'assistant', parts: [text('Yes')] }])
  })

  test("OpenAI's responses: items of a conversation", () => {
    const body = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: 'no json' },
      { type: 'function_call_output', call_id: 'c', output: 'done' },
    ]
    expect(readMessages(body, 'assistant')).toEqual([
      { role: 'user', parts: [text('Hi')] },
      {
        role: 'assistant',
        parts: [
          { kind: 'reasoning', text: 'Hm' },
          { kind: 'toolCall', name: 'f', id: 'c', text: 'no json' },
          { kind: 'toolResult', name: null, id: 'c', text: 'done' },
        ],
      },
    ])
  })

  test("Anthropic's messages: system beside them, thinking, tool use and result", () => {
    const body = {
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm' },
            { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'ok' }] },
            { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'AAAA' } },
          ],
        },
      ],
    }
    expect(readMessages(body, 'user')).toEqual([
      { role: 'system', parts: [text('Be brief.')] },
      {
        role: 'assistant',
        parts: [
          { kind: 'reasoning', text: 'Hm' },
          { kind: 'toolCall', name: 'f', id: 't', text: '{\n  "a": 1\n}' },
        ],
      },
      {
        role: 'user',
        parts: [
          { kind: 'toolResult', name: null, id: 't', text: 'ok' },
          { kind: 'image', mimeType: 'image/webp', address: null },
        ],
      },
    ])
  })

  test("OpenTelemetry's parts and Gemini's contents", () => {
    const otel = [
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Hi' },
          { type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } },
        ],
      },
    ]
    expect(readMessages(otel, 'assistant')[0]?.parts.map(({ kind }) => kind)).toEqual(['text', 'toolCall'])
    const gemini = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] } }] }
    expect(readMessages(gemini, 'assistant')).toEqual([{ role: 'model', parts: [text('Hi')] }])
  })

  test('what an app made up is shown whole, as JSON', () => {
    const body = { input: 'question', documents: [1, 2] }
    expect(readMessages(body, 'user')).toEqual([
      { role: 'user', parts: [{ kind: 'json', text: JSON.stringify(body, null, 2) }] },
    ])
  })

  test('any JSON is read as messages whose parts are text, and nothing throws', () => {
    const key = fc.constantFrom(
      ...['role', 'content', 'parts', 'type', 'text', 'messages', 'choices', 'message', 'tool_calls'],
      ...['function', 'input', 'source', 'system', 'image_url', 'thinking', 'summary', '__proto__'],
    )
    const word = fc.constantFrom(
      ...['user', 'tool', 'text', 'image', 'tool_use', 'tool_result', 'reasoning', 'file', '{"a":', ''],
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        word,
        fc.constant(null),
        fc.double(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
      ),
    }))
    fc.assert(
      fc.property(fc.oneof(tree, fc.jsonValue()), (body) => {
        for (const { role, parts } of readMessages(body, 'user')) {
          expect(role).toBeTypeOf('string')
          for (const part of parts) if ('text' in part) expect(part.text).toBeTypeOf('string')
        }
      }),
    )
  })
})
