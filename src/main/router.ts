import { ORPCError } from '@orpc/server'
import type { AppLog } from '#shared/contract/app-logs.ts'
import type { FileToSave, PageCapture, SaveOutcome } from '#shared/contract/files.ts'
import type { CollectorStatus } from '#shared/contract/collector.ts'
import type { Budget } from '#shared/contract/budgets.ts'
import { LIMITS } from '#shared/limits.ts'
import { aboutProcedures } from './about-procedures.ts'
import { alertProcedures } from './alert-procedures.ts'
import type { Alerts } from './alerts/index.ts'
import { callListProcedure } from './call-list-procedure.ts'
import { backupProcedures, databaseProcedures } from './care-procedures.ts'
import type { Backups, DatabaseCare } from './care/index.ts'
import type { BudgetProblem, Budgets } from './budgets/index.ts'
import { budgetStatuses } from './budgets/index.ts'
import { pageOf } from './cursor.ts'
import { dataFolderProcedures } from './data-folder-procedures.ts'
import type { Desktop } from './desktop.ts'
import { desktopProcedures } from './desktop-procedures.ts'
import { exportProcedures } from './export-procedures.ts'
import { feedbackProcedures } from './feedback-procedures.ts'
import type { FeedbackKeeper } from './feedback/index.ts'
import type { FileDialogs } from './file-dialogs.ts'
import { os, osUnchecked } from './implementer.ts'
import { importProcedures } from './import-procedures.ts'
import type { CollectorPause, Ingest } from './ingest/index.ts'
import { bodiesOfEvents, sendTestCall } from './ingest/index.ts'
import {
  breakDown,
  compareWithPrevious,
  rebuildRollups,
  seriesOf,
  summarise,
  topCalls,
} from './monitoring/index.ts'
import { pauseProcedures } from './pause-procedures.ts'
import type { CostConfigProblem, CostConfigs } from './pricing/index.ts'
import { recalculate, unpricedModels } from './pricing/index.ts'
import type { Relocation } from './relocation/index.ts'
import type { RetentionKeeper } from './retention/index.ts'
import type { FolderShell } from './retention-procedures.ts'
import { archiveProcedures, retentionProcedures } from './retention-procedures.ts'
import type { CollectorDoor } from './settings-procedures.ts'
import { changePortProcedure, settingsProcedures } from './settings-procedures.ts'
import { sampleProcedures } from './sample-procedures.ts'
import type { Sample } from './sample/index.ts'
import { searchProcedures } from './search-procedures.ts'
import type { Forgetting, Privacy } from './privacy/index.ts'
import { privacyProcedures } from './privacy-procedures.ts'
import type { SettingsKeeper } from './settings/index.ts'
import type { DatabaseOptions } from './store/database.ts'
import { mapSteps } from './store/map-steps.ts'
import type { StoredAppLog } from './store/queries/get-call.ts'
import type { Store } from './store/store.ts'
import type { Tokens } from './tokens.ts'
import { createCallImporter } from './transfer/index.ts'
import type { Updates } from './update-procedures.ts'
import { updateProcedures } from './update-procedures.ts'
import type { UpstreamProblem, Upstreams } from './upstreams/index.ts'

export interface RouterParts {
  store: Store
  alerts: Alerts
  ingest: Ingest
  pause: CollectorPause
  feedback: FeedbackKeeper
  settings: SettingsKeeper
  tokens: Pick<Tokens, 'app' | 'renewApp'>
  upstreams: Upstreams
  costConfigs: CostConfigs
  budgets: Budgets
  retention: RetentionKeeper
  folderShell: FolderShell
  privacy: Privacy
  sample: Sample
  forgetting: Forgetting
  collectorStatus: () => Promise<CollectorStatus>
  collectorDoor: CollectorDoor
  version: string
  /** Whether the port was named at the start. */
  isPortGiven: boolean
  /** Whether the first steps may come by themselves. */
  isFirstRunShown: boolean
  /** Where the store's database is, for what reads it in threads of its own. */
  database: DatabaseOptions
  care: DatabaseCare
  backups: Backups
  relocation: Relocation
  /** Closes the console and opens it again, once the answer is out. */
  restart: () => void
  /** Absent: there is no window. */
  desktop: Desktop | undefined
  /** Absent: there is no window. */
  updates: Updates | undefined
  /** Absent: there is no window. */
  dialogs: FileDialogs | undefined
  /** Undefined: there is no window. */
  capturePage: (capture: PageCapture) => Promise<Blob | undefined>
  /** Asks the user where to. */
  saveFile: (file: FileToSave) => Promise<SaveOutcome>
}

/** Implements the contract. The window calls it over a message port, scripts over HTTP. */
export function createRouter(parts: RouterParts) {
  const { store, ingest, tokens, upstreams, costConfigs, budgets, collectorStatus, saveFile } = parts
  const withStatus = async (budget: Budget | undefined | BudgetProblem, timeZone?: string) => {
    if (budget === undefined || typeof budget === 'string') throw budgetError(budget ?? 'not-found')
    const [status] = await budgetStatuses(store, [budget], Date.now(), timeZone ?? systemTimeZone())
    if (!status) throw budgetError('not-found')
    return status
  }
  return os.router({
    about: aboutProcedures(parts),
    alerts: alertProcedures(parts.alerts),
    appLogs: {
      list: callListProcedure(store),
      neighbours: os.appLogs.neighbours.handler(async ({ input, errors }) => {
        const neighbours = await store.ask('sessionNeighbours', input)
        if (!neighbours) throw errors.NOT_FOUND({ message: 'There is no call with this request id.' })
        return neighbours
      }),
      get: os.appLogs.get.handler(async ({ input, errors }) => {
        const call = await store.ask('getCall', input)
        if (!call) throw errors.NOT_FOUND({ message: 'There is no call with this request id.' })
        return wholeCall(store, costConfigs.book, call)
      }),
      remove: os.appLogs.remove.handler(async ({ input, errors }) => {
        const call = await store.ask('getCall', input)
        if (!call || !(await parts.forgetting.call(call)))
          throw errors.NOT_FOUND({ message: 'There is no call with this request id.' })
      }),
    },
    archives: archiveProcedures(parts.retention, parts.folderShell),
    retention: retentionProcedures(parts.retention),
    backups: backupProcedures(parts.backups, parts),
    budgets: {
      list: os.budgets.list.handler(async ({ input: { timeZone = systemTimeZone() } }) => ({
        items: await budgetStatuses(store, budgets.list(), Date.now(), timeZone),
        nextCursor: null,
      })),
      get: os.budgets.get.handler(({ input: { id, timeZone } }) => withStatus(budgets.get(id), timeZone)),
      create: os.budgets.create.handler(async ({ input }) => withStatus(await budgets.create(input))),
      update: os.budgets.update.handler(async ({ input: { id, ...changes } }) =>
        withStatus(await budgets.update(id, changes)),
      ),
      remove: os.budgets.remove.handler(async ({ input }) => {
        const problem = await budgets.remove(input.id)
        if (problem) throw budgetError(problem)
      }),
      restore: os.budgets.restore.handler(async ({ input }) => withStatus(await budgets.restore(input.id))),
    },
    callExports: exportProcedures(parts.database, parts.dialogs),
    callImports: importProcedures(
      createCallImporter(
        ingest,
        (given) => parts.feedback.submit(given),
        (what) => parts.forgetting.isForgotten(what),
      ),
      parts.dialogs,
    ),
    collector: {
      status: os.collector.status.handler(() => collectorStatus()),
      events: os.collector.events.handler(({ signal }) => ingest.events(signal)),
      appToken: os.collector.appToken.handler(() => ({ token: tokens.app() })),
      renewAppToken: os.collector.renewAppToken.handler(() => ({ token: tokens.renewApp() })),
      changePort: changePortProcedure(parts),
      sendTestCall: os.collector.sendTestCall.handler(() => {
        // It tells whether calls arrive: now they do not.
        if (parts.pause.isPaused()) throw new ORPCError('CONFLICT', { message: 'The collector is paused.' })
        return sendTestCall(ingest, Date.now())
      }),
      ...pauseProcedures(parts.pause),
    },
    costConfigs: {
      list: os.costConfigs.list.handler(async ({ input: { limit, cursor, ...filter } }) => {
        const { catalogueDate } = costConfigs
        return { ...pageOf(await costConfigs.list(filter), { limit, cursor }), catalogueDate }
      }),
      get: os.costConfigs.get.handler(async ({ input, errors }) => {
        const config = await costConfigs.get(input.id)
        if (!config) throw errors.NOT_FOUND({ message: 'There is no price with this id.' })
        return config
      }),
      create: os.costConfigs.create.handler(async ({ input }) =>
        priceOrThrow(await costConfigs.create(input)),
      ),
      update: os.costConfigs.update.handler(async ({ input: { id, ...changes } }) =>
        priceOrThrow(await costConfigs.update(id, changes)),
      ),
      remove: os.costConfigs.remove.handler(async ({ input }) => {
        priceOrThrow(await costConfigs.remove(input.id))
      }),
      restore: os.costConfigs.restore.handler(async ({ input }) =>
        priceOrThrow(await costConfigs.restore(input.id)),
      ),
      enable: os.costConfigs.enable.handler(async ({ input }) =>
        priceOrThrow(await costConfigs.update(input.id, { isEnabled: true })),
      ),
      disable: os.costConfigs.disable.handler(async ({ input }) =>
        priceOrThrow(await costConfigs.update(input.id, { isEnabled: false })),
      ),
      unpriced: os.costConfigs.unpriced.handler(async ({ input }) => ({
        rows: unpricedModels(await store.ask('unpricedCalls', input), costConfigs.book, Date.now()),
      })),
      recalculate: os.costConfigs.recalculate.handler(async ({ input, signal }) => {
        const steps = recalculate(store, costConfigs.book, input, signal)
        for (;;) {
          const step = await steps.next()
          if (step.done) return step.value
        }
      }),
      recalculation: os.costConfigs.recalculation.handler(async function* ({ input, signal }) {
        const steps = recalculate(store, costConfigs.book, input, signal)
        const result = yield* mapSteps(steps, (step) => ({ type: 'progress' as const, ...step }))
        yield { type: 'result', result }
      }),
    },
    dataFolder: dataFolderProcedures(parts.relocation, parts.dialogs),
    database: databaseProcedures(parts.care),
    desktop: desktopProcedures(parts.desktop),
    feedback: feedbackProcedures(store, parts.feedback),
    files: {
      capture: os.files.capture.handler(async ({ input, errors }) => {
        const content = await parts.capturePage(input)
        if (!content) throw errors.NOT_AVAILABLE()
        return content
      }),
      save: os.files.save.handler(({ input }) => saveFile(input)),
    },
    monitoring: {
      summary: os.monitoring.summary.handler(({ input }) => summarise(store, input)),
      comparison: os.monitoring.comparison.handler(({ input }) => compareWithPrevious(store, input)),
      series: osUnchecked.monitoring.series.handler(({ input }) => seriesOf(store, input)),
      breakdown: osUnchecked.monitoring.breakdown.handler(async ({ input }) => ({
        rows: await breakDown(store, input),
      })),
      topCalls: os.monitoring.topCalls.handler(async ({ input }) => ({
        items: await topCalls(store, input),
      })),
      rebuildRollups: os.monitoring.rebuildRollups.handler(({ signal }) => rebuildRollups(store, signal)),
    },
    sample: sampleProcedures(parts.sample),
    search: searchProcedures(store),
    privacy: privacyProcedures(parts.privacy, parts.forgetting),
    settings: settingsProcedures(parts),
    updates: updateProcedures(parts.settings, parts.updates),
    upstreams: {
      list: os.upstreams.list.handler(() => ({ items: upstreams.list(), nextCursor: null })),
      create: os.upstreams.create.handler(async ({ input }) => orThrow(await upstreams.create(input))),
      update: os.upstreams.update.handler(async ({ input: { name, ...changes } }) =>
        orThrow(await upstreams.update(name, changes)),
      ),
      remove: os.upstreams.remove.handler(async ({ input }) => {
        orThrow(await upstreams.remove(input.name))
      }),
    },
  })
}

/** Adds what a call's row does not hold: its feedback, its trace, and the bodies that came apart from their span. */
async function wholeCall(store: Store, book: CostConfigs['book'], call: StoredAppLog): Promise<AppLog> {
  const { requestId, traceId, spanId } = call
  const [{ items: feedback }, trace, events] = await Promise.all([
    store.ask('listFeedback', { requestId, limit: LIMITS.pageSize }),
    traceId === null ? [] : store.ask('readTrace', { traceId }),
    traceId === null || spanId === null ? [] : store.ask('spanEvents', { traceId, spanId }),
  ])
  const { prompt, response } = bodiesOfEvents(events)
  return {
    ...call,
    ...costOf(call, book),
    prompt: call.prompt ?? prompt,
    response: call.response ?? response,
    trace,
    feedback,
  }
}

/** How its cost comes about. A step has none: what it used is on a call below it. */
function costOf(
  call: StoredAppLog,
  book: CostConfigs['book'],
): Pick<AppLog, 'computedCostNanos' | 'costBreakdown'> {
  if (call.isStep) return { computedCostNanos: null, costBreakdown: null }
  return {
    computedCostNanos: book.price(call)?.costNanos ?? null,
    costBreakdown: book.explain(call, call.costConfigId),
  }
}

export type ConsoleRouter = ReturnType<typeof createRouter>

const UPSTREAM_PROBLEMS: Record<UpstreamProblem, { code: 'NOT_FOUND' | 'CONFLICT'; message: string }> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no upstream with this name.' },
  'name-taken': { code: 'CONFLICT', message: 'There is an upstream with this name.' },
  'too-many': {
    code: 'CONFLICT',
    message: `There may be at most ${LIMITS.upstreams} upstreams of your own.`,
  },
  'built-in': {
    code: 'CONFLICT',
    message: 'A built-in upstream cannot be removed or change its flavour. Its base URL can be changed.',
  },
}

function orThrow<T>(result: T | UpstreamProblem): T {
  if (!isProblem(result)) return result
  const { code, message } = UPSTREAM_PROBLEMS[result]
  throw new ORPCError(code, { message })
}

function isProblem(result: unknown): result is UpstreamProblem {
  return typeof result === 'string' && Object.hasOwn(UPSTREAM_PROBLEMS, result)
}

const PRICE_PROBLEMS: Record<CostConfigProblem, { code: 'NOT_FOUND' | 'CONFLICT'; message: string }> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no price with this id.' },
  catalogue: {
    code: 'CONFLICT',
    message:
      'A price of the catalogue can be enabled and disabled only. A price of your own for the model wins over it.',
  },
  'same-validity': {
    code: 'CONFLICT',
    message:
      'There is a price for this provider, model and match from the same time on. Change it, or disable it first.',
  },
  'too-many': { code: 'CONFLICT', message: `There may be at most ${LIMITS.costConfigs} prices of your own.` },
}

function priceOrThrow<T>(result: T | CostConfigProblem): T {
  if (typeof result !== 'string') return result
  const { code, message } = PRICE_PROBLEMS[result as CostConfigProblem]
  throw new ORPCError(code, { message })
}

const BUDGET_PROBLEMS: Record<BudgetProblem, { code: 'NOT_FOUND' | 'CONFLICT'; message: string }> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no budget with this id.' },
  'too-many': { code: 'CONFLICT', message: `There may be at most ${LIMITS.budgets} budgets.` },
}

function budgetError(problem: BudgetProblem): ORPCError<string, unknown> {
  const { code, message } = BUDGET_PROBLEMS[problem]
  return new ORPCError(code, { message })
}

/** Where the user's days begin. */
function systemTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
