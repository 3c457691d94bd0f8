import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { captureCall, captureEvent } from '../../../src/main/privacy/capture-call.ts'
import { makeCall } from '../store/make-call.ts'

const hash = (text: string) => createHmac('sha256', 'key').update(text).digest('hex')
const prompt = { format: 'json', text: '[{"role":"user","content":"where is my parcel"}]' } as const
const response = { format: 'text', text: 'In the post 📦' } as const
const call = makeCall({
  prompt,
  response,
  errorMessage: 'the parcel is lost',
  attributes: JSON.stringify({
    'gen_ai.request.temperature': 0.7,
    'gen_ai.response.id': 'resp-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'input.value': 'hi',
    'gen_ai.prompt.0.content': 'hi',
    'my.note': 'a text with spaces',
    'my.word': 'parcel',
    'my.chinese': '包裹',
    'my.object': { a: 'b' },
    'my.flag': true,
  }),
})

test('a call of which all is kept is left as it is', () => {
  expect(captureCall(call, { mode: 'full', length: 1 }, hash)).toBe(call)
})

test('truncated: the beginnings, with the length before; half a pair of surrogates is not kept', () => {
  const kept = captureCall(call, { mode: 'truncated', length: 13 }, hash)
  expect(kept).toMatchObject({
    prompt: { format: 'text', text: '[{"role":"use', originalLength: prompt.text.length },
    response: { format: 'text', text: 'In the post ', originalLength: response.text.length },
    errorMessage: 'the parcel is',
    flags: ['capture-truncated'],
  })
  expect(JSON.parse(kept.attributes ?? '')).toMatchObject({
    'my.note': 'a text with s',
    'my.object': { a: 'b' },
  })
  expect(captureCall(makeCall({ response }), { mode: 'truncated', length: 100 }, hash).flags).toEqual([])
})

test('hashes: same texts are known by them, short ones cannot be guessed without the key', () => {
  const kept = captureCall(call, { mode: 'hashes', length: 1 }, hash)
  expect(kept).toMatchObject({
    prompt: { format: 'text', text: `hmac-sha256:${hash(prompt.text)}`, originalLength: prompt.text.length },
    response: { text: `hmac-sha256:${hash(response.text)}` },
    errorMessage: `hmac-sha256:${hash('the parcel is lost')}`,
    flags: ['capture-hashes'],
  })
  expect(hash('x')).not.toBe(createHmac('sha256', 'other').update('x').digest('hex'))
})

test('none: no text is kept, nor an attribute that holds or repeats one; labels and figures are', () => {
  const kept = captureCall(call, { mode: 'none', length: 1 }, hash)
  expect(kept).toMatchObject({ prompt: null, response: null, errorMessage: null, flags: ['capture-none'] })
  expect(JSON.parse(kept.attributes ?? '')).toEqual({
    'gen_ai.request.temperature': 0.7,
    'gen_ai.response.id': 'resp-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'my.flag': true,
  })
  expect(captureCall(makeCall(), { mode: 'none', length: 1 }, hash).flags).toEqual([])
})

test('an event is kept as the call is that it belongs to', () => {
  const event = JSON.stringify({ role: 'user', content: 'my parcel', tool_calls: [{ id: 1 }] })
  expect(captureEvent(event, { mode: 'full', length: 1 }, hash)).toBe(event)
  expect(captureEvent(event, { mode: 'none', length: 1 }, hash)).toBeNull()
  expect(JSON.parse(captureEvent(event, { mode: 'truncated', length: 4 }, hash) ?? '')).toMatchObject({
    content: 'my p',
  })
  expect(JSON.parse(captureEvent(event, { mode: 'hashes', length: 4 }, hash) ?? '')).toEqual({
    role: 'user',
    content: `hmac-sha256:${hash('my parcel')}`,
    tool_calls: `hmac-sha256:${hash('[{"id":1}]')}`,
  })
})
