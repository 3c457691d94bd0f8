/** The request id of a call that is known by its span: the same span sent again is the same call. */
export function spanRequestId(traceId: string, spanId: string): string {
  return `${traceId}-${spanId}`
}
