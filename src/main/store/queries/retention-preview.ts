import { sql } from 'kysely'
import type { OpenDatabase } from '../database.ts'
import { DAY_MS, levelOf } from '../rollup-levels.ts'
import type { ExpiringDaysRequest } from './expiring-calls.ts'
import { expiringDays } from './expiring-calls.ts'
import { frozenDays } from './frozen-days.ts'

/** What would go of one app, about. */
export interface ExpiringOfApp {
  app: string
  calls: number
  sizeBytes: number
}

/** Days that are looked at for it: ten years. */
const DAYS_MAX = 3_660
/** Calls of an app whose size stands for that of all. */
const SAMPLES = 40
/** What a row and its places in indexes take beside its texts. */
const ROW_BYTES = 400

/**
 * What would go, by app, most bytes first. Calls are counted from the rollups of days, their sizes are guessed from a few
 * of them: the work grows with days and label sets, not with calls.
 *
 * @returns at most so many calls: of texts, calls that have none are among them.
 */
export function expiringByApp(
  database: OpenDatabase,
  request: Omit<ExpiringDaysRequest, 'limit' | 'ignoresMarks'>,
): { days: number; apps: ExpiringOfApp[] } {
  // One transaction, so that tables and calls are of the same moment.
  return database.sqlite
    .transaction(() => {
      const days = expiringDays(database, { ...request, ignoresMarks: false, limit: DAYS_MAX })
      return { days: days.length, apps: byApp(database, request, days) }
    })
    .deferred()
}

function byApp(
  database: OpenDatabase,
  { kind, scope }: Pick<ExpiringDaysRequest, 'kind' | 'scope'>,
  days: readonly number[],
): ExpiringOfApp[] {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return []
  const { kysely, sqlite } = database
  const frozen = frozenDays(database, { from: first, to: last + DAY_MS })
  // By the primary keys.
  const counted = kysely
    .selectFrom('call_rollup')
    .innerJoin('label_set', 'label_set.id', 'call_rollup.label_set_id')
    .select((eb) => ['app', eb.fn.sum<number>('requests').as('calls')])
    .where('level', '=', sql.lit(levelOf(DAY_MS, 'labelSet')))
    .where('bucket_start', '=', 0)
    .groupBy('app')
  const left = kysely
    .selectFrom('label_call')
    .innerJoin('label_set', 'label_set.id', 'label_call.label_set_id')
    .select((eb) => ['app', eb.fn.countAll<number>().as('calls')])
    .where('day_start', '=', 0)
    .groupBy('app')
  type Row = { app: string; calls: number }
  const countDay = sqlite.prepare<[number], Row>(counted.compile().sql)
  // Rollups of a frozen day hold calls that are gone, too.
  const countLeft = sqlite.prepare<[number], Row>(left.compile().sql)
  const isWanted = (app: string) => ('app' in scope ? app === scope.app : !scope.exceptApps.includes(app))
  const sizes = new SampledSizes(database, kind)
  const apps = new Map<string, ExpiringOfApp>()
  for (const day of days) {
    for (const { app, calls } of (frozen.has(day) ? countLeft : countDay).all(day)) {
      if (!isWanted(app)) continue
      const of = apps.get(app) ?? { app, calls: 0, sizeBytes: 0 }
      of.calls += calls
      of.sizeBytes += Math.round(calls * sizes.of(app, day))
      apps.set(app, of)
    }
  }
  return [...apps.values()].sort((a, b) => b.sizeBytes - a.sizeBytes)
}

/** How many bytes a call of an app takes, by a few of its calls. */
class SampledSizes {
  readonly #sizes = new Map<string, number>()
  readonly #sample: (app: string, day: number) => number | null

  constructor({ kysely, sqlite }: OpenDatabase, kind: 'bodies' | 'calls') {
    // By the primary keys; a few label sets, a few calls of them.
    const texts = sql<number>`coalesce(octet_length(prompt), 0) + coalesce(octet_length(response), 0)`
    const others = sql<number>`coalesce(octet_length(error_message), 0) + coalesce(octet_length(attributes), 0) + coalesce(octet_length(tags), 0)`
    const bytes = kind === 'bodies' ? texts : sql<number>`${sql.lit(ROW_BYTES)} + ${texts} + ${others}`
    const places = kysely
      .selectFrom('label_call')
      .select('app_log_id as id')
      .where('day_start', '=', 0)
      .where('label_set_id', 'in', (eb) =>
        eb.selectFrom('label_set').select('id').where('app', '=', '').limit(sql.lit(SAMPLES)),
      )
      .limit(sql.lit(SAMPLES))
    const sample = kysely
      .selectFrom(places.as('place'))
      .leftJoin('app_log_body', 'app_log_body.app_log_id', 'place.id')
      .select((eb) => eb.fn.avg<number | null>(bytes).as('bytes'))
    const statement = sqlite.prepare<[number, string], { bytes: number | null }>(sample.compile().sql)
    this.#sample = (app, day) => statement.get(day, app)?.bytes ?? null
  }

  of(app: string, day: number): number {
    const known = this.#sizes.get(app)
    if (known !== undefined) return known
    const size = this.#sample(app, day)
    if (size === null) return ROW_BYTES
    this.#sizes.set(app, size)
    return size
  }
}
