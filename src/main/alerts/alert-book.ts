import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type {
  AlertChanges,
  InstanceLabels,
  NewDelivery,
  StoredAlertRecord,
  StoredAlertRule,
  StoredSilence,
} from '../store/alerts/alert-changes.ts'
import type { Store } from '../store/store.ts'
import { DraftMap } from './draft-map.ts'
import { instanceStateSchema } from './machine.ts'

/** An instance that is further than inactive, and its record. */
export interface Instance {
  ruleId: string
  labels: InstanceLabels
  recordId: string
  state: z.output<typeof instanceStateSchema>
}

const storedInstanceSchema = z.object({ recordId: z.string(), state: instanceStateSchema })

/** Everything that alerts go on with: what is in the store of them, in memory. */
interface Memory {
  rules: Map<string, StoredAlertRule>
  /** By `instanceKey`. */
  instances: Map<string, Instance>
  /** Those that are not resolved. */
  records: Map<string, StoredAlertRecord>
  silences: Map<string, StoredSilence>
}

/** Changes that are made together. */
export class AlertDraft {
  readonly rules: DraftMap<StoredAlertRule>
  readonly instances: DraftMap<Instance>
  readonly records: DraftMap<StoredAlertRecord>
  readonly silences: DraftMap<StoredSilence>
  readonly deliveries: NewDelivery[] = []
  /** Records that were seen, beside those that are open. */
  read: 'all' | readonly string[] = []

  constructor(memory: Memory) {
    this.rules = new DraftMap(memory.rules)
    this.instances = new DraftMap(memory.instances)
    this.records = new DraftMap(memory.records)
    this.silences = new DraftMap(memory.silences)
  }

  /** What is to be written, null if nothing is. */
  changes() {
    const changes = {
      rules: this.rules.put(),
      removedRules: this.rules.removed().map(({ id }) => id),
      instances: this.instances.put().map(({ ruleId, labels, ...state }) => ({ ruleId, labels, state })),
      removedInstances: this.instances.removed().map(({ ruleId, labels }) => ({ ruleId, labels })),
      records: this.records.put(),
      removedRecords: this.records.removed().map(({ id }) => id),
      silences: this.silences.put(),
      removedSilences: this.silences.removed().map(({ id }) => id),
      deliveries: this.deliveries,
      read: this.read,
    } satisfies AlertChanges
    return Object.values(changes).some((part) => part.length > 0) ? changes : null
  }

  commit(): void {
    for (const map of [this.rules, this.instances, this.records, this.silences]) map.commit()
  }
}

/**
 * Rules, instances, records and silences, and the only way to change them: what changes together is written in one
 * transaction, then remembered. If it cannot be written, nothing has changed.
 */
export class AlertBook {
  readonly #store: Pick<Store, 'writeAlerts'>
  readonly #memory: Memory
  readonly #onChange: () => void
  readonly #instancesByRule = new Map<string, Map<string, Instance>>()
  #last: Promise<unknown> = Promise.resolve()

  private constructor(store: Pick<Store, 'writeAlerts'>, memory: Memory, onChange: () => void) {
    this.#store = store
    this.#memory = memory
    this.#onChange = onChange
    for (const instance of memory.instances.values()) this.#index(instance)
  }

  /**
   * @param onChange is told after each change.
   */
  static async open(store: Pick<Store, 'ask' | 'writeAlerts'>, onChange: () => void): Promise<AlertBook> {
    const { rules, instances, records, silences } = await store.ask('readAlerts', null)
    const memory: Memory = {
      rules: byId(rules),
      instances: new Map(
        instances.flatMap(({ ruleId, labels, state }) => {
          const stored = storedInstanceSchema.safeParse(state)
          return stored.success ? [[instanceKey(ruleId, labels), { ruleId, labels, ...stored.data }]] : []
        }),
      ),
      records: byId(records),
      silences: byId(silences),
    }
    return new AlertBook(store, memory, onChange)
  }

  get rules(): ReadonlyMap<string, StoredAlertRule> {
    return this.#memory.rules
  }

  get instances(): ReadonlyMap<string, Instance> {
    return this.#memory.instances
  }

  instancesOf(ruleId: string): Iterable<Instance> {
    return this.#instancesByRule.get(ruleId)?.values() ?? []
  }

  get records(): ReadonlyMap<string, StoredAlertRecord> {
    return this.#memory.records
  }

  get silences(): ReadonlyMap<string, StoredSilence> {
    return this.#memory.silences
  }

  /**
   * Makes changes, one caller after the other.
   *
   * @param change is given the state as it is then, and may leave it as it is.
   * @returns what it returned, once that is committed.
   * @throws ConsoleError what `Store.writeAlerts` throws.
   */
  transact<T>(change: (draft: AlertDraft) => T): Promise<T> {
    const turn = this.#last.then(async () => {
      const draft = new AlertDraft(this.#memory)
      const result = change(draft)
      const changes = draft.changes()
      if (changes) {
        await this.#store.writeAlerts(changes)
        for (const { ruleId, labels } of changes.removedInstances)
          this.#instancesByRule.get(ruleId)?.delete(instanceKey(ruleId, labels))
        for (const instance of draft.instances.put()) this.#index(instance)
        for (const ruleId of changes.removedRules) this.#instancesByRule.delete(ruleId)
        draft.commit()
        for (const { id, state } of changes.records) if (state === 'resolved') this.#memory.records.delete(id)
        this.#onChange()
      }
      return result
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }

  #index(instance: Instance): void {
    let ofRule = this.#instancesByRule.get(instance.ruleId)
    if (!ofRule) this.#instancesByRule.set(instance.ruleId, (ofRule = new Map<string, Instance>()))
    ofRule.set(instanceKey(instance.ruleId, instance.labels), instance)
  }
}

/** The key of an instance, which has at most one label. */
export function instanceKey(ruleId: string, labels: InstanceLabels): string {
  return `${ruleId} ${JSON.stringify(labels)}`
}

export function newId(): string {
  return randomUUID()
}

function byId<T extends { id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]))
}
