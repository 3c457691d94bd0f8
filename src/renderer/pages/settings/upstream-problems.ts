import { ORPCError } from '@orpc/client'
import type { InputProblem } from '../../validation/input-problems.ts'
import { problemsOf } from '../../validation/input-problems.ts'

/**
 * What kept an upstream from being saved, by the field it stands beside.
 *
 * @returns at least one problem; `general` for what is no field's.
 */
export function problemOfUpstream(
  error: unknown,
  { isNew, isNameTaken }: { isNew: boolean; isNameTaken: boolean },
): Map<string, InputProblem> {
  const problems = problemsOf(error)
  if (problems.has('name') || problems.has('baseUrl')) return problems
  const code: unknown = error instanceof ORPCError ? error.code : undefined
  if (code === 'CONFLICT' && isNew) {
    return isNameTaken
      ? new Map([['name', { key: 'invalid.upstreamTaken' }]])
      : new Map([['general', { key: 'invalid.tooManyUpstreams' }]])
  }
  return new Map([['general', { key: code === 'NOT_FOUND' ? 'upstreams.gone' : 'upstreams.notSaved' }]])
}
