import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Partitions that share a slab: a bit of each of its words. */
const PARTITIONS_PER_SLAB = 32
/**
 * Words of a slab: 32 bits for each call of a full partition, of which 6 are set. One call in 40,000 seems to be in it and
 * is not: each of them costs a look at a page that nothing else needs.
 */
const SLAB_WORDS = 2 ** 19
const PROBES = 6

/**
 * Tells which partitions may have a hash: a Bloom filter for each, all of a slab side by side, so that 32 are asked at
 * once. It names all that have it, and rarely one that has not. (Bloom, "Space/time trade-offs in hash coding with
 * allowable errors", CACM 13(7), 1970.)
 */
export class RequestFilter {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #slabs: Uint32Array[] = []
  /** The partition that calls were added to last. */
  #open: number | null = null

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
    let missing = 0
    for (const { slab, partitions, bits } of this.#statements.slabs.all()) {
      this.#slabs[slab] = new Uint32Array(Uint8Array.from(bits).buffer)
      this.#addMissing(missing, slab * PARTITIONS_PER_SLAB)
      missing = slab * PARTITIONS_PER_SLAB + partitions
    }
    this.#addMissing(missing, Number.MAX_SAFE_INTEGER)
  }

  /** The partitions that may have a hash. */
  partitionsWith(hash: number): number[] {
    const found: number[] = []
    const words = probesOf(hash)
    for (let slab = 0; slab < this.#slabs.length; slab += 1) {
      const bits = this.#slabs[slab]
      if (!bits) continue
      let all = ~0
      for (let probe = 0; all !== 0 && probe < words.length; probe += 1) all &= bits[words[probe] ?? 0] ?? 0
      for (; all !== 0; all &= all - 1) {
        found.push(slab * PARTITIONS_PER_SLAB + 31 - Math.clz32(all & -all))
      }
    }
    return found
  }

  /** Adds a hash, and, in the open transaction, keeps the bits of a partition that is full. */
  add(partition: number, hash: number): void {
    if (partition !== this.#open) this.#turnTo(partition)
    this.#set(partition, hash)
  }

  /** The transaction was rolled back: what it kept is not kept. */
  discard(): void {
    this.#open = null
  }

  #turnTo(partition: number): void {
    const { save, lower } = this.#statements
    if (this.#open !== null) {
      const { slab, index } = placeOf(this.#open)
      const bits = this.#slabs[slab]
      if (bits) save.run(slab, index + 1, new Uint8Array(bits.buffer))
    }
    // Ids are given out again after the last calls were deleted, and then belong to a partition that was full before.
    const { slab, index } = placeOf(partition)
    lower.run(index, slab, index)
    this.#open = partition
  }

  /** Adds what is in partitions whose bits were not kept. */
  #addMissing(from: number, to: number): void {
    for (const { partition, hash } of this.#statements.refs.iterate(from, to)) this.#set(partition, hash)
  }

  #set(partition: number, hash: number): void {
    const { slab, index } = placeOf(partition)
    const bits = (this.#slabs[slab] ??= new Uint32Array(SLAB_WORDS))
    for (const word of probesOf(hash)) bits[word] = (bits[word] ?? 0) | (1 << index)
  }
}

function placeOf(partition: number): { slab: number; index: number } {
  return { slab: Math.floor(partition / PARTITIONS_PER_SLAB), index: partition % PARTITIONS_PER_SLAB }
}

/** @param hash of 48 bits. */
function probesOf(hash: number): number[] {
  // Two hashes make as many as are needed. (Kirsch, Mitzenmacher: "Less hashing, same performance", ESA 2006.)
  const first = hash % 2 ** 24
  const step = Math.floor(hash / 2 ** 24) | 1
  return Array.from({ length: PROBES }, (_, probe) => (first + probe * step) % SLAB_WORDS)
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const slabs = kysely.selectFrom('request_filter').select(['slab', 'partitions', 'bits']).orderBy('slab')
  // By the primary key.
  const refs = kysely
    .selectFrom('request_ref')
    .select(['partition', 'hash'])
    .where('partition', '>=', 0)
    .where('partition', '<', 0)
  const save = kysely
    .insertInto('request_filter')
    .values({ slab: 0, partitions: 0, bits: new Uint8Array() })
    .onConflict((conflict) =>
      conflict.column('slab').doUpdateSet((eb) => ({
        partitions: eb.ref('excluded.partitions'),
        bits: eb.ref('excluded.bits'),
      })),
    )
  const lower = kysely
    .updateTable('request_filter')
    .set({ partitions: 0 })
    .where('slab', '=', 0)
    .where('partitions', '>', 0)
  type Slab = { slab: number; partitions: number; bits: Uint8Array }
  return {
    slabs: sqlite.prepare<[], Slab>(slabs.compile().sql),
    refs: sqlite.prepare<[number, number], { partition: number; hash: number }>(refs.compile().sql),
    save: sqlite.prepare<[number, number, Uint8Array]>(save.compile().sql),
    lower: sqlite.prepare<[number, number, number]>(lower.compile().sql),
  }
}
