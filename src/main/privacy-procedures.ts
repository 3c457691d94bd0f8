import { ORPCError } from '@orpc/server'
import { os } from './implementer.ts'
import type { BadPattern, Forgetting, Privacy } from './privacy/index.ts'

const { get, update, follow, preview, findUser, forgetUser, forgetting: progress } = os.privacy

/** Implements the contract of privacy. */
export function privacyProcedures(privacy: Privacy, forgetting: Forgetting) {
  return {
    get: get.handler(() => privacy.current()),
    update: update.handler(async ({ input }) => {
      const result = await privacy.update(input)
      if (Array.isArray(result)) throw badPatterns(result)
      return result
    }),
    follow: follow.handler(({ signal }) => privacy.follow(signal)),
    preview: preview.handler(({ input: { text, ...choices } }) => privacy.preview(text, choices)),
    findUser: findUser.handler(({ input }) => forgetting.find(input.userId)),
    forgetUser: forgetUser.handler(async ({ input, signal }) => {
      let last = { done: 0, total: 0, feedback: 0, isFinished: false }
      for await (const step of forgetting.user(input.userId, signal)) last = step
      return last
    }),
    forgetting: progress.handler(({ input, signal }) => forgetting.user(input.userId, signal)),
  }
}

const FAULTS: Record<BadPattern['fault'], string> = {
  bracket: 'has a bracket without its counterpart',
  range: 'has a range of characters that is none',
  escape: 'has an escape that is none',
  repetition: 'has a repetition that cannot be',
  unsupported: 'has something that RE2 does not know, such as lookaround',
  syntax: 'is not in the syntax of RE2',
  'matches-empty': 'must not match the empty text',
  'too-large': 'comes to too large a program',
}

/** Says it as the schemas of the contract do. */
function badPatterns(problems: readonly BadPattern[]): ORPCError<'BAD_REQUEST', unknown> {
  const issues = problems.map(({ index, fault, position }) => ({
    path: ['patterns', index, 'pattern'],
    message: FAULTS[fault] + (position === null ? '' : `, at ${position}`),
  }))
  return new ORPCError('BAD_REQUEST', { message: 'Input validation failed', data: { issues } })
}
