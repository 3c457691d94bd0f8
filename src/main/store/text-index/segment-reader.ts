import type SqliteDatabase from 'better-sqlite3'
import type { OpenDatabase } from '../database.ts'
import { gramsOfQuery } from './grams.ts'
import { BITMAP_BYTES, bucketOf, firstBucketOf, readEntry } from './segment.ts'

/** Says which calls of a segment may hold any of some texts. */
export class SegmentReader {
  readonly #bucket: SqliteDatabase.Statement<[number], Uint8Array>
  /** Of each text; those first that were missing last. */
  readonly #grams: number[][]

  constructor({ sqlite, kysely }: OpenDatabase, texts: readonly string[]) {
    // By the primary key.
    const bucket = kysely.selectFrom('text_posting').select('postings').where('id', '=', 0)
    this.#bucket = sqlite.prepare<[number], Uint8Array>(bucket.compile().sql).pluck()
    this.#grams = texts.map(gramsOfQuery)
  }

  /** @param unselective calls that may hold anything. @returns a bit for each call. */
  read(segment: number, unselective: Uint8Array | null): Uint8Array {
    const calls = unselective ? Uint8Array.from(unselective) : new Uint8Array(BITMAP_BYTES)
    for (const grams of this.#grams) {
      const found = this.#readAll(segment, grams)
      found?.forEach((bits, index) => (calls[index] = (calls[index] ?? 0) | bits))
    }
    return calls
  }

  /** @returns undefined: no call has all grams. */
  #readAll(segment: number, grams: number[]): Uint8Array | undefined {
    let all: Uint8Array | undefined
    for (const [index, gram] of grams.entries()) {
      const bits = new Uint8Array(BITMAP_BYTES)
      const bucket = this.#bucket.get(firstBucketOf(segment) + bucketOf(gram))
      const isFound = bucket !== undefined && readEntry(bucket, gram, bits)
      if (!isFound || (all && !keepCommon(all, bits))) {
        // What is missing here is likely to be missing in the next one, too.
        grams.unshift(...grams.splice(index, 1))
        return undefined
      }
      all ??= bits
    }
    return all
  }
}

/** @returns whether there is anything in common. */
function keepCommon(bits: Uint8Array, others: Uint8Array): boolean {
  let any = 0
  others.forEach((byte, index) => {
    const common = byte & (bits[index] ?? 0)
    bits[index] = common
    any |= common
  })
  return any !== 0
}
