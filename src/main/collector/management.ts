import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyContractRouter } from '@orpc/contract'
import { isContractProcedure } from '@orpc/contract'
import { contract } from '#shared/contract/index.ts'
import type { ManagementOptions } from './management-answers.ts'

const DOCUMENT_PATH = '/openapi.json'

/** The HTTP management API: the contract's procedures that have a route. The caller has seen the token. */
export interface ManagementApi {
  /** @returns the methods that procedures have at this path, none if there is nothing. */
  methodsOf(path: string): string[]
  /** Answers a request whose path and method are known. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export function createManagementApi(options: ManagementOptions): ManagementApi {
  let routes: Route[] | undefined
  // Loaded with the first request: pages of the window do not need it.
  const load = async () => {
    const { createManagementAnswers } = await import('./management-answers.ts')
    return createManagementAnswers(options, DOCUMENT_PATH)
  }
  let answers: ReturnType<typeof load> | undefined
  return {
    methodsOf(path) {
      if (path === DOCUMENT_PATH) return ['GET']
      routes ??= listRoutes(contract)
      return routes.filter((route) => route.pattern.test(path)).map((route) => route.method)
    },
    async answer(request, response) {
      answers ??= load()
      const answer = await answers
      return answer(request, response)
    },
  }
}

interface Route {
  method: string
  pattern: RegExp
}

/** The routes that procedures declare, `{parameters}` standing for one segment. */
function listRoutes(router: AnyContractRouter): Route[] {
  if (!isContractProcedure(router)) return Object.values(router).flatMap(listRoutes)
  const { method = 'POST', path } = router['~orpc'].route
  if (path === undefined) return []
  return [{ method, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }]
}
