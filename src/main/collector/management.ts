import type { IncomingMessage, ServerResponse } from 'node:http'
import { SmartCoercionPlugin } from '@orpc/json-schema'
import { OpenAPIGenerator } from '@orpc/openapi'
import { OpenAPIHandler } from '@orpc/openapi/node'
import type { AnyContractRouter } from '@orpc/contract'
import { isContractProcedure } from '@orpc/contract'
import { onError, ORPCError } from '@orpc/server'
import { BodyLimitPlugin } from '@orpc/server/node'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '#shared/contract/index.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Log } from '../log.ts'
import type { ConsoleRouter } from '../router.ts'
import { sendError, sendJson } from './answer.ts'
import { isLarge, streamJson } from './json-stream.ts'

const DOCUMENT_PATH = '/openapi.json'

/** The HTTP management API: the contract's procedures that have a route. The caller has seen the token. */
export interface ManagementApi {
  /** @returns the methods that procedures have at this path, none if there is nothing. */
  methodsOf(path: string): string[]
  /** Answers a request whose path and method are known. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export function createManagementApi(options: {
  router: ConsoleRouter
  version: string
  log: Log
}): ManagementApi {
  const schemaConverters = [new ZodToJsonSchemaConverter()]
  const handler = new OpenAPIHandler(options.router, {
    plugins: [
      // Query strings are text; the contract wants numbers.
      new SmartCoercionPlugin({ schemaConverters }),
      new BodyLimitPlugin({ maxBodySize: LIMITS.managementBodyBytes }),
    ],
    // What has no route is for the window only.
    filter: ({ contract: procedure }) => procedure['~orpc'].route.path !== undefined,
    customErrorResponseBodyEncoder: (error: ORPCError<string, unknown>) => ({
      error: { code: error.code, message: error.message, ...validationDetails(error) },
    }),
    interceptors: [
      onError((error) => {
        if (!(error instanceof ORPCError) || error.status >= 500) options.log.error('a request failed', error)
      }),
    ],
    clientInterceptors: [
      async (call) => {
        const output = await call.next()
        return isLarge(output) ? streamJson(output) : output
      },
    ],
    rootInterceptors: [
      async (request) => {
        const result = await request.next()
        if (result.response?.body instanceof ReadableStream) {
          // Exports say what they are.
          result.response.headers['content-type'] ??= 'application/json'
        }
        return result
      },
    ],
  })
  let document: Promise<unknown> | undefined
  const openApiDocument = () =>
    (document ??= new OpenAPIGenerator({ schemaConverters }).generate(contract, {
      info: { title: 'LLMOps Console', version: options.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
      filter: ({ contract: procedure }) => procedure['~orpc'].route.path !== undefined,
    }))

  const routes = listRoutes(contract)
  return {
    methodsOf(path) {
      if (path === DOCUMENT_PATH) return ['GET']
      return routes.filter((route) => route.pattern.test(path)).map((route) => route.method)
    },
    async answer(request, response) {
      if (request.url?.split('?', 1)[0] === DOCUMENT_PATH) {
        return sendJson(response, 200, await openApiDocument())
      }
      const { matched } = await handler.handle(request, response)
      if (!matched) sendError(response, 404, 'NOT_FOUND', 'There is nothing at this path.')
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

/** Where the input was wrong, without the values. */
function validationDetails(error: ORPCError<string, unknown>): { details?: unknown } {
  const { data } = error
  if (error.code !== 'BAD_REQUEST' || typeof data !== 'object' || data === null || !('issues' in data))
    return {}
  if (!Array.isArray(data.issues)) return {}
  return {
    details: data.issues.map((issue: { path?: PropertyKey[]; message?: string }) => ({
      path: (issue.path ?? []).map(String).join('.'),
      reason: issue.message ?? '',
    })),
  }
}
