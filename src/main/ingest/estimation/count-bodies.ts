import type { Body } from '../../store/call.ts'
import type { BodyTexts } from './body-texts.ts'
import { textsOf } from './body-texts.ts'
import type { CountPiece } from './count-tokens.ts'
import { countTokens } from './count-tokens.ts'
import type { CountableBodies, CountedTokens } from './missing-usage.ts'

/**
 * What a chat costs besides its texts, in tokens, as OpenAI's cookbook counts for its models ("How to count tokens with
 * tiktoken"): marks around a message, its role, its speaker's name, and the beginning of the answer. Other vendors do not
 * say; their templates are much alike.
 */
const PER_MESSAGE = 3 + 1
const PER_NAME = 1
const PER_ANSWER = 3

/** Counts the tokens of a prompt and of what was answered. */
export function countBodies(
  { prompt, response }: CountableBodies,
  countPiece: CountPiece,
  maxLength: number,
): CountedTokens {
  const count = (body: Body, overhead: (texts: BodyTexts) => number) => {
    const found = textsOfBody(body)
    const tokens = overhead(found) + countTokens(found.texts, countPiece, maxLength)
    const { text, originalLength = text.length } = body
    // Of what was cut off nothing is known: it is taken to be like what was kept.
    return text.length === 0 ? tokens : Math.round((tokens * originalLength) / text.length)
  }
  return {
    prompt: prompt && count(prompt, chatOverhead),
    response: response && count(response, () => 0),
  }
}

function chatOverhead({ messages, names }: BodyTexts): number {
  return messages === 0 ? 0 : messages * PER_MESSAGE + names * PER_NAME + PER_ANSWER
}

function textsOfBody({ format, text }: Body): BodyTexts {
  if (format === 'json') {
    try {
      return textsOf(JSON.parse(text))
    } catch {
      // Not JSON after all: a text like any other.
    }
  }
  return { texts: [text], messages: 0, names: 0 }
}
