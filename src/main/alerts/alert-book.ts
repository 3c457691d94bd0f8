import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import { Turns } from '#shared/turns.ts'
import type {
  AlertChanges,
  InstanceLabels,
  NewDelivery,
  RecordPoint,
  StoredAlertRecord,
  StoredAlertRule,
  StoredSilence,
} from '../store/alerts/alert-changes.ts'
import type { Store } from '../store/store.ts'
import { DraftMap } from './draft-map.ts'
import type { GroupState } from './grouping.ts'
import { groupStateSchema } from './grouping.ts'
import { instanceStateSchema } from './machine.ts'
import type { EnginePlace } from './slots.ts'
import { enginePlaceSchema } from './slots.ts'

/** An instance that is further than inactive, and its record. */
export interface Instance {
  ruleId: string
  labels: InstanceLabels
  recordId: string
  state: z.output<typeof instanceStateSchema>
}

const storedGroupSchema = z
  .object({ rule: z.custom<StoredAlertRule>((rule) => typeof rule === 'object'), ...groupStateSchema.shape })
  .transform(({ rule, ...state }): Group => ({ rule, state }))

const storedInstanceSchema = z.object({ recordId: z.string(), state: instanceStateSchema })

/** What channels were told of a rule's records, and the rule as it was then: it may be gone before they are told of that. */
export interface Group {
  rule: StoredAlertRule
  state: GroupState
}

/** Everything that alerts go on with: what is in the store of them, in memory. */
interface Memory {
  rules: Map<string, StoredAlertRule>
  /** By `instanceKey`. */
  instances: Map<string, Instance>
  /** Those that are not resolved. */
  records: Map<string, StoredAlertRecord>
  /** Those that are resolved, and of which a group still has to speak. */
  resolved: Map<string, StoredAlertRecord>
  /** By the id of their rule. */
  groups: Map<string, Group>
  silences: Map<string, StoredSilence>
}

/** Changes that are made together. */
export class AlertDraft {
  readonly rules: DraftMap<StoredAlertRule>
  readonly instances: DraftMap<Instance>
  readonly records: DraftMap<StoredAlertRecord>
  readonly silences: DraftMap<StoredSilence>
  /** By the id of their rule. */
  readonly groups: DraftMap<Group>
  readonly deliveries: NewDelivery[] = []
  readonly points: RecordPoint[] = []
  readonly thinned: { recordId: string; stepMs: number }[] = []
  /** Where the checks stand. */
  place: EnginePlace | undefined
  /** Records that were seen, beside those that are open. */
  read: 'all' | readonly string[] = []

  readonly #resolved: ReadonlyMap<string, StoredAlertRecord>

  constructor(memory: Memory) {
    this.#resolved = memory.resolved
    this.groups = new DraftMap(memory.groups)
    this.rules = new DraftMap(memory.rules)
    this.instances = new DraftMap(memory.instances)
    this.records = new DraftMap(memory.records)
    this.silences = new DraftMap(memory.silences)
  }

  /** A record that is open, or resolved and still spoken of. */
  record(id: string): StoredAlertRecord | undefined {
    return this.records.get(id) ?? this.#resolved.get(id)
  }

  /** Something of a rule fires: it is spoken of from then on, if it is not already. */
  beginGroup(rule: StoredAlertRule, flushAt: number): void {
    if (!this.groups.get(rule.id)) this.groups.set(rule.id, { rule, state: { flushAt, channels: {} } })
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
      groups: this.groups.put().map(({ rule, state }) => ({ ruleId: rule.id, state: { rule, ...state } })),
      removedGroups: this.groups.removed().map(({ rule }) => rule.id),
      silences: this.silences.put(),
      removedSilences: this.silences.removed().map(({ id }) => id),
      deliveries: this.deliveries,
      points: this.points,
      thinned: this.thinned,
      read: this.read,
    } satisfies AlertChanges
    const isChanged = Object.values(changes).some((part) => part.length > 0)
    return isChanged || this.place ? { ...changes, isChanged, engine: this.place } : null
  }

  commit(): void {
    for (const map of [this.rules, this.instances, this.records, this.groups, this.silences]) map.commit()
  }
}

/**
 * Rules, instances, records and silences, and the only way to change them: what changes together is written in one
 * transaction, then remembered. If it cannot be written, nothing has changed.
 */
export class AlertBook {
  readonly #store: Pick<Store, 'writeAlerts'>
  readonly #memory: Memory
  #place: EnginePlace
  readonly #onChange: () => void
  readonly #instancesByRule = new Map<string, Map<string, Instance>>()
  readonly #turns = new Turns()

  private constructor(
    store: Pick<Store, 'writeAlerts'>,
    memory: Memory,
    place: EnginePlace,
    onChange: () => void,
  ) {
    this.#store = store
    this.#place = place
    this.#memory = memory
    this.#onChange = onChange
    for (const instance of memory.instances.values()) this.#index(instance)
  }

  /**
   * @param onChange is told after each change.
   */
  static async open(store: Pick<Store, 'ask' | 'writeAlerts'>, onChange: () => void): Promise<AlertBook> {
    const stored = await store.ask('readAlerts', null)
    const { instances, records, silences } = stored
    const rules = stored.rules.map(({ definition, ...row }) => ({
      ...row,
      // What a rule of an older version does not say has its default.
      ...newAlertRuleSchema.parse(definition),
    }))
    const groups = stored.groups.flatMap(({ state }) => {
      const group = storedGroupSchema.safeParse(state)
      return group.success ? [group.data] : []
    })
    const open = byId(records)
    const spokenOf = groups.flatMap(({ state }) => memberIds(state)).filter((id) => !open.has(id))
    const resolved = await store.ask('alertRecordsById', { ids: [...new Set(spokenOf)] })
    const memory: Memory = {
      rules: byId(rules),
      instances: new Map(
        instances.flatMap(({ ruleId, labels, state }) => {
          const stored = storedInstanceSchema.safeParse(state)
          return stored.success ? [[instanceKey(ruleId, labels), { ruleId, labels, ...stored.data }]] : []
        }),
      ),
      records: open,
      resolved: byId(resolved),
      groups: new Map(groups.map((group) => [group.rule.id, group])),
      silences: byId(silences),
    }
    const place = enginePlaceSchema.safeParse(stored.engine ?? {})
    return new AlertBook(store, memory, place.data ?? enginePlaceSchema.parse({}), onChange)
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

  /** By the id of their rule. */
  get groups(): ReadonlyMap<string, Group> {
    return this.#memory.groups
  }

  /** Where the checks stand. */
  get place(): EnginePlace {
    return this.#place
  }

  /** Remembers where the checks stand without writing it: there is nothing to go on with. */
  moveTo(place: EnginePlace): void {
    this.#place = place
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
    return this.#turns.take(async () => {
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
        this.#place = draft.place ?? this.#place
        this.#forgetResolved(changes)
        if (changes.isChanged) this.#onChange()
      }
      return result
    })
  }

  /** What is resolved is kept for as long as a group has to speak of it. */
  #forgetResolved(
    changes: Pick<NonNullable<ReturnType<AlertDraft['changes']>>, 'records' | 'groups' | 'removedGroups'>,
  ) {
    const { records, resolved, groups } = this.#memory
    for (const record of changes.records) {
      if (record.state === 'resolved') {
        records.delete(record.id)
        if (groups.has(record.ruleId)) resolved.set(record.id, record)
      } else resolved.delete(record.id)
    }
    const touched = new Set([...changes.groups.map(({ ruleId }) => ruleId), ...changes.removedGroups])
    if (touched.size === 0) return
    for (const { id, ruleId } of resolved.values()) {
      const group = groups.get(ruleId)
      if (touched.has(ruleId) && !(group && memberIds(group.state).includes(id))) resolved.delete(id)
    }
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

function memberIds({ channels }: GroupState): string[] {
  return Object.values(channels).flatMap(({ members }) => Object.keys(members))
}

export function newId(): string {
  return randomUUID()
}

function byId<T extends { id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]))
}
