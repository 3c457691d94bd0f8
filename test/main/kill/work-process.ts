/**
 * Does one thing on a data folder in a process of its own, says each step of it, and is killed meanwhile. What an earlier
 * one left is removed first, as by each start of the console.
 *
 *   node test/main/kill/work-process.ts <data folder> export|import|backup|compact <file>
 */
import { openBackups } from '../../../src/main/care/index.ts'
import { createIngest } from '../../../src/main/ingest/index.ts'
import { stderrLog } from '../../../src/main/log.ts'
import { databaseOf, openStore } from '../../../src/main/store/store.ts'
import { removeUnfinished } from '../../../src/main/store/unfinished-files.ts'
import { createCallImporter, exportToFile } from '../../../src/main/transfer/index.ts'

const [dataDir = '', work = '', file = ''] = process.argv.slice(2)
// Whoever is killed has nobody to say it to.
process.stdout.on('error', () => undefined)
const say = (step: string) => process.stdout.write(`${step}\n`)

const store = await openStore({ dataDir, isTextIndexed: false })
await removeUnfinished(dataDir)
const database = databaseOf({ dataDir })

async function* steps(): AsyncIterable<{ type: string }> {
  if (work === 'export') yield* exportToFile(database, { format: 'jsonl', withBodies: true }, file)
  if (work === 'backup') {
    const backups = await openBackups({ store, database, dataDir, log: stderrLog })
    yield* backups.create('manual')
    await backups.close()
  }
  if (work === 'import') {
    const importer = createCallImporter(
      createIngest(store),
      async (given) => void (await store.insertFeedback(given)),
    )
    const chosen = await importer.look(file)
    if (chosen.outcome === 'chosen') yield* importer.run({ fileId: chosen.fileId, app: 'imported' })
  }
  if (work === 'compact') {
    await store.compact()
    yield { type: 'done' }
  }
}

say('begins')
for await (const { type } of steps()) say(type)
await store.close()
