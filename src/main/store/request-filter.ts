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
 * Slabs side by side: a word of each, then the next word of each. What a probe looks at in many slabs is on one or two
 * lines of the processor's cache, and most of a look-up is waiting for those.
 */
interface Group {
  firstSlab: number
  slabs: number
  bits: Uint32Array
}

/** As it lies in the database. */
interface KeptSlab {
  slab: number
  /** How many of them are full: later ones are not in the bits. */
  partitions: number
  bits: Uint8Array
}

/**
 * Tells which partitions may have a hash: a Bloom filter for each, all of a slab side by side, so that 32 are asked at
 * once. It names all that have it, and rarely one that has not. (Bloom, "Space/time trade-offs in hash coding with
 * allowable errors", CACM 13(7), 1970.)
 */
export class RequestFilter {
  readonly #statements: ReturnType<typeof prepareStatements>
  /** Those that were kept, together, and each that came later; ascending. */
  readonly #groups: Group[] = []
  /** The partition that calls were added to last. */
  #open: number | null = null

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
    const kept = this.#statements.slabs.all()
    const last = kept.at(-1)
    if (last) this.#groups.push(sideBySide(kept, last.slab + 1))
    let missing = 0
    for (const { slab, partitions } of kept) {
      this.#addMissing(missing, slab * PARTITIONS_PER_SLAB)
      missing = slab * PARTITIONS_PER_SLAB + partitions
    }
    this.#addMissing(missing, Number.MAX_SAFE_INTEGER)
  }

  /** The partitions that may have a hash. */
  partitionsWith(hash: number): number[] {
    const found: number[] = []
    const words = probesOf(hash)
    for (const { firstSlab, slabs, bits } of this.#groups) {
      for (let slab = 0; slab < slabs; slab += 1) {
        let all = ~0
        for (let probe = 0; all !== 0 && probe < PROBES; probe += 1)
          all &= bits[(words[probe] ?? 0) * slabs + slab] ?? 0
        for (; all !== 0; all &= all - 1)
          found.push((firstSlab + slab) * PARTITIONS_PER_SLAB + 31 - Math.clz32(all & -all))
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
      save.run(slab, index + 1, new Uint8Array(readSlab(this.#groupOf(slab), slab).buffer))
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
    const { firstSlab, slabs, bits } = this.#groupOf(slab)
    for (const word of probesOf(hash)) {
      const at = word * slabs + slab - firstSlab
      bits[at] = (bits[at] ?? 0) | (1 << index)
    }
  }

  #groupOf(slab: number): Group {
    const known = this.#groups.find(({ firstSlab, slabs }) => slab >= firstSlab && slab < firstSlab + slabs)
    if (known) return known
    const group = { firstSlab: slab, slabs: 1, bits: new Uint32Array(SLAB_WORDS) }
    this.#groups.push(group)
    return group
  }
}

/** @param slabs how many there are, those between the kept ones included. */
function sideBySide(kept: readonly KeptSlab[], slabs: number): Group {
  const bits = new Uint32Array(SLAB_WORDS * slabs)
  const sources = kept.map(({ slab, bits: bytes }) => ({
    slab,
    words: new Uint32Array(new Uint8Array(bytes).buffer),
  }))
  for (let word = 0; word < SLAB_WORDS; word += 1)
    for (const { slab, words } of sources) bits[word * slabs + slab] = words[word] ?? 0
  return { firstSlab: 0, slabs, bits }
}

function readSlab({ firstSlab, slabs, bits }: Group, slab: number): Uint32Array {
  const words = new Uint32Array(SLAB_WORDS)
  for (let word = 0; word < SLAB_WORDS; word += 1) words[word] = bits[word * slabs + slab - firstSlab] ?? 0
  return words
}

function placeOf(partition: number): { slab: number; index: number } {
  return { slab: Math.floor(partition / PARTITIONS_PER_SLAB), index: partition % PARTITIONS_PER_SLAB }
}

/** @param hash of 48 bits. */
function probesOf(hash: number): number[] {
  // Two hashes make as many as are needed. (Kirsch, Mitzenmacher: "Less hashing, same performance", ESA 2006.)
  const first = hash % 2 ** 24
  const step = Math.floor(hash / 2 ** 24) | 1
  const words: number[] = []
  for (let probe = 0; probe < PROBES; probe += 1) words.push((first + probe * step) % SLAB_WORDS)
  return words
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
  return {
    slabs: sqlite.prepare<[], KeptSlab>(slabs.compile().sql),
    refs: sqlite.prepare<[number, number], { partition: number; hash: number }>(refs.compile().sql),
    save: sqlite.prepare<[number, number, Uint8Array]>(save.compile().sql),
    lower: sqlite.prepare<[number, number, number]>(lower.compile().sql),
  }
}
