import type { ContractRouterClient } from '@orpc/contract'
import { oc } from '@orpc/contract'
import { aboutContract } from './about.ts'
import { alertsContract } from './alerts/index.ts'
import { appLogsContract } from './app-logs.ts'
import { archivesContract } from './archives.ts'
import { backupsContract } from './backups.ts'
import { budgetsContract } from './budgets.ts'
import { callExportsContract } from './call-exports.ts'
import { callImportsContract } from './call-imports.ts'
import { collectorContract } from './collector.ts'
import { costConfigsContract } from './cost-configs.ts'
import { dataFolderContract } from './data-folder.ts'
import { databaseContract } from './database.ts'
import { desktopContract } from './desktop.ts'
import { feedbackContract } from './feedback.ts'
import { feedbackReviewContract } from './feedback-review.ts'
import { filesContract } from './files.ts'
import { monitoringContract } from './monitoring.ts'
import { searchContract } from './search.ts'
import { pauseContract } from './pause.ts'
import { privacyContract } from './privacy.ts'
import './reasons.ts'
import { retentionContract } from './retention.ts'
import { sampleContract } from './sample.ts'
import { settingsContract } from './settings.ts'
import { updatesContract } from './updates.ts'
import { upstreamsContract } from './upstreams.ts'

/**
 * Everything the window and scripts can ask of the console, each procedure declared once. The typed IPC, the
 * HTTP management API and its OpenAPI document come from it. A procedure without a route is for the window only.
 */
export const contract = oc
  .errors({
    NOT_FOUND: { status: 404, message: 'There is nothing with this id.' },
    STORE_UNAVAILABLE: { status: 503, message: 'The store cannot answer right now. Try again.' },
  })
  .router({
    about: aboutContract,
    alerts: alertsContract,
    appLogs: appLogsContract,
    archives: archivesContract,
    backups: backupsContract,
    budgets: budgetsContract,
    callExports: callExportsContract,
    callImports: callImportsContract,
    collector: { ...collectorContract, ...pauseContract },
    costConfigs: costConfigsContract,
    dataFolder: dataFolderContract,
    database: databaseContract,
    desktop: desktopContract,
    feedback: { ...feedbackContract, ...feedbackReviewContract },
    files: filesContract,
    monitoring: monitoringContract,
    search: searchContract,
    privacy: privacyContract,
    retention: retentionContract,
    sample: sampleContract,
    settings: settingsContract,
    updates: updatesContract,
    upstreams: upstreamsContract,
  })

/** A client of the whole contract, over whatever carries it. */
export type ConsoleClient = ContractRouterClient<typeof contract>
