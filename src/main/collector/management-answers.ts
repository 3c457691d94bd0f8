import type { IncomingMessage, ServerResponse } from 'node:http'
import { SmartCoercionPlugin } from '@orpc/json-schema'
import { OpenAPIGenerator } from '@orpc/openapi'
import { OpenAPIHandler } from '@orpc/openapi/node'
import { onError, ORPCError } from '@orpc/server'
import { BodyLimitPlugin } from '@orpc/server/node'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '#shared/contract/index.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Log } from '../log.ts'
import type { ConsoleRouter } from '../router.ts'
import { sendError, sendJson } from './answer.ts'
import { isLarge, streamJson } from './json-stream.ts'

export interface ManagementOptions {
  router: ConsoleRouter
  version: string
  log: Log
}

/**
 * Answers requests of the management API.
 *
 * @param documentPath where the document that describes it is had.
 */
export function createManagementAnswers(options: ManagementOptions, documentPath: string) {
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

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url?.split('?', 1)[0] === documentPath) {
      return sendJson(response, 200, await openApiDocument())
    }
    const { matched } = await handler.handle(request, response)
    if (!matched) sendError(response, 404, 'NOT_FOUND', 'There is nothing at this path.')
  }
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
