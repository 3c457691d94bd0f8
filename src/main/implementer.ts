import { implement, ORPCError } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import { ConsoleError } from '#shared/errors.ts'

/** What procedures of the contract are implemented with; failures of the store become theirs. */
export const os = implement(contract).use(async ({ next }) => {
  try {
    return await next()
  } catch (error) {
    throw toProcedureError(error)
  }
})

function toProcedureError(error: unknown): unknown {
  if (!(error instanceof ConsoleError)) return error
  if (error.code === 'range-too-long')
    return new ORPCError('BAD_REQUEST', { message: error.message, cause: error })
  return new ORPCError('STORE_UNAVAILABLE', { status: 503, message: error.message, cause: error })
}
