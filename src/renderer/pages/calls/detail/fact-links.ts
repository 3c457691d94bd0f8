import type { RouteLocationRaw } from 'vue-router'
import type { AppLog } from '#shared/contract/app-logs.ts'
import type { CallQueryField } from '#shared/contract/call-query.ts'
import { daysAround } from './days-around.ts'

/** Leads to the calls around this one that are alike in something. */
export function callsLike(
  call: Pick<AppLog, 'startedAt'>,
  alike: { [Field in CallQueryField]?: string | undefined },
): RouteLocationRaw {
  return { name: 'calls', query: { ...daysAround(call.startedAt), ...alike } }
}
