/** Where calls go that shall pass through the recording proxy to an upstream. */
export function proxyUrl(collectorUrl: string, upstream: string): string {
  return `${collectorUrl}/proxy/${upstream}`
}
