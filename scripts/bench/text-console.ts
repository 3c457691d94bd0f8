/**
 * The console, with or without an index of texts. Says its url on its first line.
 *
 *   node scripts/bench/text-console.ts <data folder> indexed|plain
 */
import { openConsole } from '../../src/main/console.ts'
import { stderrLog } from '../../src/main/log.ts'

const [dataDir = '', kind] = process.argv.slice(2)
const core = await openConsole({ dataDir, port: 0, log: stderrLog, isTextIndexed: kind === 'indexed' })
process.on('SIGTERM', () => void core.close().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ url: core.url })}\n`)
