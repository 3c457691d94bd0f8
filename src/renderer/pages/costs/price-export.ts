import type { CostConfig, Recalculated, UnpricedModel } from '#shared/contract/cost-configs.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { exportTable, isoTime, unitsOf } from '#shared/export/export-table.ts'

/** Prices are per million tokens, in units of their currency. */
export function priceTable(configs: readonly CostConfig[]): ExportTable {
  return exportTable(configs, {
    provider: (config) => config.provider,
    model: (config) => config.model,
    match: (config) => config.match,
    inputPerMillion: (config) => config.inputPerMillion,
    outputPerMillion: (config) => config.outputPerMillion,
    cachedInputPerMillion: (config) => config.cachedInputPerMillion,
    cacheWritePerMillion: (config) => config.cacheWritePerMillion,
    reasoningPerMillion: (config) => config.reasoningPerMillion,
    tiers: (config) => (config.tiers.length > 0 ? config.tiers : null),
    currency: (config) => config.currency,
    // Zero is from ever on.
    validFrom: (config) => (config.validFrom > 0 ? isoTime(config.validFrom) : null),
    validUntil: (config) => (config.validUntil === null ? null : isoTime(config.validUntil)),
    isEnabled: (config) => config.isEnabled,
    source: (config) => config.source,
    sourceUrl: (config) => config.sourceUrl,
    sourceDate: (config) => config.sourceDate,
    notes: (config) => config.notes,
  })
}

export function unpricedTable(models: readonly UnpricedModel[]): ExportTable {
  return exportTable(models, {
    model: ({ model }) => model,
    provider: ({ provider }) => provider,
    calls: ({ calls }) => calls,
    reason: ({ reason }) => reason,
  })
}

export function recalculatedTable(models: Recalculated['models'], currency: string): ExportTable {
  return exportTable(models, {
    model: ({ model }) => model,
    calls: ({ calls }) => calls,
    changed: ({ changed }) => changed,
    costBefore: ({ beforeNanos }) => unitsOf(beforeNanos),
    costAfter: ({ afterNanos }) => unitsOf(afterNanos),
    currency: () => currency,
  })
}
