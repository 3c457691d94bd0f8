import type { About } from '#shared/contract/about.ts'
import type { CollectorStatus } from '#shared/contract/collector.ts'
import type { Settings } from '#shared/contract/settings.ts'

/**
 * What helps to understand a problem from afar: versions, counts, sizes, and choices that hold no names. No token, no path,
 * no address, nothing of any call.
 */
export function diagnosticsOf(about: About, status: CollectorStatus, settings: Settings): string {
  const { counters, feedback, queue, writer, store } = status
  const { retention } = settings
  return JSON.stringify(
    {
      about,
      collector: {
        port: status.port,
        requestedPort: status.requestedPort,
        isOpenToContainers: settings.isOpenToContainers,
        requireToken: settings.requireToken,
        allowedOrigins: settings.allowedOrigins.length,
        startedAt: new Date(status.startedAt).toISOString(),
      },
      // Reasons are the schema's words; they hold nothing of what was sent.
      counters,
      feedback,
      queue,
      writer,
      store,
      settings: {
        language: settings.language,
        theme: settings.theme,
        estimateMissingTokens: settings.estimateMissingTokens,
        exchangeRates: Object.keys(settings.exchangeRates).length,
        callViews: settings.callViews.length,
        retention: {
          ...retention,
          archiveFolder: retention.archiveFolder !== null,
          apps: retention.apps.length,
        },
      },
    },
    null,
    2,
  )
}
