import { expect, test } from 'vitest'
import { createRandom } from '../../../src/main/demo/random.ts'
import { APPS } from '../../../src/main/demo/scenario.ts'
import { exchangeFor } from '../../../src/main/demo/texts.ts'

test('what apps ask and are answered keeps to one language, with spaces where its scripts meet', () => {
  const random = createRandom(1)
  const texts = APPS.flatMap((app) =>
    Array.from({ length: 300 }, () => exchangeFor(app, random)).flatMap(({ prompt, response = '' }) => [
      ...(typeof prompt === 'string' ? [prompt] : prompt.map(({ content }) => content)),
      response,
    ]),
  )
  const chinese = texts.filter((text) => /\p{Script=Han}/u.test(text))
  expect(chinese.length).toBeGreaterThan(texts.length / 4)
  const unspaced = /\p{Script=Han}[a-z\d]|[a-z\d%]\p{Script=Han}|\p{Script=Han}[,;]|%,/iu
  expect(chinese.filter((text) => unspaced.test(text))).toEqual([])
  expect(chinese.filter((text) => /\b(the|of|is|in|order refunds|sign-on|Shanghai)\b/.test(text))).toEqual([])
})
