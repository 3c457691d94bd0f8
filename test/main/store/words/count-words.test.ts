import { describe, expect, test } from 'vitest'
import { countWords } from '../../../../src/main/store/words/count-words.ts'

const comment = (text: string, rating = 3) => ({ text, rating })
const wordsOf = (...texts: string[]) => countWords(texts.map((text) => comment(text))).map(({ word }) => word)

describe('countWords', () => {
  test('finds Chinese words inside sentences, and those of other languages', () => {
    expect(wordsOf('回答不准确，速度很慢。')).toEqual(
      expect.arrayContaining(['回答', '准确', '速度', '很慢']),
    )
    expect(wordsOf('The answer was about another product.')).toEqual(['another', 'answer', 'product'])
    expect(wordsOf('退款 policy 过期')).toEqual(expect.arrayContaining(['退款', 'policy', '过期']))
  })

  test('puts together what the dictionary does not know, and keeps a word of one character', () => {
    expect(wordsOf('客服的回答，慢')).toEqual(expect.arrayContaining(['客服', '慢']))
    expect(wordsOf('客服的回答，慢')).not.toContain('客')
  })

  test('counts comments, not how often one of them says it, and their mean rating', () => {
    const words = countWords([
      comment('slow slow SLOW', 1),
      comment('Slow, but right', 4),
      comment('right', 5),
    ])
    expect(words).toEqual([
      { word: 'right', count: 2, average: 4.5 },
      { word: 'slow', count: 2, average: 2.5 },
    ])
  })

  test('leaves out what says nothing: little words, numbers, symbols, what is too long', () => {
    expect(wordsOf('it is the 12345 of a !? ——', `${'x'.repeat(41)}`, '我的 是了', 'b')).toEqual([])
  })

  test('takes any text: markup, names of object keys, half a surrogate pair, NUL', () => {
    expect(wordsOf('<img src=x onerror=alert(1)>', '__proto__ constructor', 'a\ud83d \u0000 zwei')).toEqual(
      expect.arrayContaining(['img', 'onerror', 'constructor', 'zwei']),
    )
  })
})
