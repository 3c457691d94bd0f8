import { implement, ORPCError } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import { ConsoleError } from '#shared/errors.ts'

const implementer = implement(contract)

/** What procedures of the contract are implemented with; failures of the store become theirs. */
export const os = implementer.use(translateErrors)

/** The same for answers with many numbers that the compiler has checked: to check each again would take the main thread long. */
export const osUnchecked = implementer
  .$config({ initialInputValidationIndex: 0, initialOutputValidationIndex: NaN })
  .use(translateErrors)

async function translateErrors<T>({ next }: { next: () => T | PromiseLike<T> }): Promise<T> {
  try {
    return await next()
  } catch (error) {
    throw toProcedureError(error)
  }
}

/** What a procedure throws of an error of ours. One that answers step by step throws it itself: by then it has answered. */
export function toProcedureError(error: unknown): unknown {
  if (!(error instanceof ConsoleError)) return error
  if (error.code === 'range-too-long')
    return new ORPCError('BAD_REQUEST', { message: error.message, cause: error })
  if (error.code === 'archive-busy' || error.code === 'clock-doubted')
    return new ORPCError('CONFLICT', { status: 409, message: error.message, cause: error })
  if (error.code.startsWith('archive-')) {
    const data = { problem: error.code }
    return new ORPCError('ARCHIVE_UNUSABLE', { status: 422, message: error.message, data, cause: error })
  }
  return new ORPCError('STORE_UNAVAILABLE', { status: 503, message: error.message, cause: error })
}
