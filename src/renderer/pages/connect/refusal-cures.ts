import type { IngestCounters } from '#shared/contract/collector.ts'

/**
 * Why the collector turns requests and calls away, by the reason it counts, as keys of messages: what the sender has to
 * change.
 */
const CURES = new Map([
  ['host', 'refusals.host'],
  ['duplicate-host', 'refusals.host'],
  ['origin', 'refusals.webPage'],
  ['sec-fetch-site', 'refusals.webPage'],
  ['token', 'refusals.token'],
  ['url', 'refusals.path'],
  ['path', 'refusals.path'],
  ['method', 'refusals.method'],
  ['content-type', 'refusals.contentType'],
  ['content-encoding', 'refusals.contentEncoding'],
  ['gzip', 'refusals.contentEncoding'],
  ['body-too-large', 'refusals.tooLarge'],
  ['too-many-records', 'refusals.tooMany'],
  ['body-cut-off', 'refusals.cutOff'],
  ['json', 'refusals.json'],
  ['utf-8', 'refusals.json'],
  ['no-records', 'refusals.json'],
  ['otlp', 'refusals.otlp'],
  ['upstream', 'refusals.upstream'],
  ['proxy-path', 'refusals.proxyPath'],
  ['proxy-loop', 'refusals.proxyLoop'],
  ['recorder-failed', 'refusals.recorder'],
  ['paused', 'refusals.paused'],
  ['queue-full', 'refusals.queueFull'],
  ['store-full', 'refusals.storeFull'],
  ['store-closed', 'refusals.store'],
  ['store-failed', 'refusals.store'],
  ['store-corrupt', 'refusals.storeCorrupt'],
])

/** Requests and calls of apps that did not get in. */
export function countTurnedAway({ refused, dropped, rejected }: IngestCounters): number {
  return [...Object.values(refused), ...Object.values(dropped), rejected].reduce(
    (sum, count) => sum + count,
    0,
  )
}

/** @returns the key of the message that says what to change. */
export function cureOf(reason: string): string {
  return CURES.get(reason) ?? 'refusals.other'
}
