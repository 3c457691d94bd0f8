/**
 * The two messages that the collector answers with, written without a library: the one that reads messages is loaded
 * when the first of them comes, and many a console never gets one.
 */

const VARINT = 0
const LENGTH_DELIMITED = 2
const MORE = 0x80

/** google.rpc.Status */
export function encodeStatus(code: number, message: string): Uint8Array {
  return Buffer.concat([number(1, code), bytes(2, Buffer.from(message))])
}

/** The answer of an export of which nothing, or a part, was rejected; of all signals alike. */
export function encodeExportResponse(rejected: number, reason: string): Uint8Array {
  if (rejected === 0) return Buffer.alloc(0)
  return bytes(1, Buffer.concat([number(1, rejected), bytes(2, Buffer.from(reason))]))
}

function number(field: number, value: number): Buffer {
  return Buffer.from([(field << 3) | VARINT, ...varint(value)])
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | LENGTH_DELIMITED, ...varint(content.length)]), content])
}

/** Seven bits at a time, the lowest first. @param value not negative. */
function varint(value: number): number[] {
  const rest = Math.floor(value / MORE)
  return rest === 0 ? [value] : [(value % MORE) | MORE, ...varint(rest)]
}
