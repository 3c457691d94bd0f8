import { CallRollup } from './call-rollup.ts'
import type { OpenDatabase } from './database.ts'
import { CostConfigRefs } from './cost-config-refs.ts'
import { CallInserter } from './insert-calls.ts'
import { LabelSets } from './label-sets.ts'
import { RollupRebuilder } from './rebuild-rollups.ts'
import { CallRepricer } from './reprice-calls.ts'
import { UserIndex } from './user-index.ts'

/** What writes calls and all that follows from them. Label sets are known to all of them alike. */
export function createWriters({ sqlite, kysely }: OpenDatabase) {
  const labelSets = new LabelSets(sqlite, kysely)
  const rollup = new CallRollup(sqlite, kysely, labelSets)
  const users = new UserIndex(sqlite, kysely, labelSets)
  const refs = new CostConfigRefs(sqlite, kysely)
  return {
    users,
    inserter: new CallInserter(sqlite, kysely, { rollup, users, refs }),
    repricer: new CallRepricer(sqlite, kysely, { rollup, users, refs }),
    rebuilder: new RollupRebuilder(sqlite, kysely, rollup),
  }
}
