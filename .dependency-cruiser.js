/** Which part may import which. The map is in CONTRIBUTING.md; here it is enforced. */
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'electron-stays-outside',
      severity: 'error',
      comment: 'The core runs headless: only the shell, the entry and the preload know Electron.',
      from: { path: '^src/', pathNot: ['^src/main/electron/', '^src/main/index\\.ts$', '^src/preload/'] },
      to: { path: '^(electron|node_modules/electron/)' },
    },
    {
      name: 'one-door-to-sql',
      severity: 'error',
      comment: 'Only the store speaks SQL.',
      from: { path: '^src/', pathNot: '^src/main/store/' },
      to: { path: 'node_modules/(kysely|better-sqlite3)/' },
    },
    only('shared-stands-alone', '^src/shared/', ['^src/shared/'], 'Shared code imports nothing of ours.'),
    only(
      'renderer',
      '^src/renderer/',
      ['^src/renderer/', '^src/shared/'],
      'Pages reach main through the contract.',
    ),
    only('preload', '^src/preload/', ['^src/preload/', '^src/shared/'], 'The preload hands over a port.'),
    only('store', '^src/main/store/', ['^src/main/store/', '^src/shared/'], 'The store knows no domain.'),
    only(
      'pricing',
      '^src/main/pricing/',
      ['^src/main/pricing/', '^src/main/store/', '^src/shared/'],
      'A domain.',
    ),
    only(
      'monitoring',
      '^src/main/monitoring/',
      [
        '^src/main/monitoring/',
        '^src/main/(feedback|pricing)/index\\.ts$',
        '^src/main/store/',
        '^src/shared/',
      ],
      'A domain; it knows others by their index only.',
    ),
    only(
      'budgets',
      '^src/main/budgets/',
      ['^src/main/budgets/', '^src/main/pricing/index\\.ts$', '^src/main/store/', '^src/shared/'],
      'A domain; it knows others by their index only.',
    ),
    only(
      'ingest',
      '^src/main/ingest/',
      ['^src/main/ingest/', '^src/main/pricing/index\\.ts$', '^src/main/store/', '^src/shared/'],
      'A domain; it knows others by their index only.',
    ),
    only(
      'alerts',
      '^src/main/alerts/',
      [
        '^src/main/alerts/',
        '^src/main/budgets/index\\.ts$',
        '^src/main/log\\.ts$',
        '^src/main/store/',
        '^src/shared/',
      ],
      'A domain; it knows others by their index only.',
    ),
    only(
      'feedback',
      '^src/main/feedback/',
      ['^src/main/feedback/', '^src/main/ingest/index\\.ts$', '^src/main/store/', '^src/shared/'],
      'A domain; it knows others by their index only.',
    ),
    only(
      'retention',
      '^src/main/retention/',
      ['^src/main/retention/', '^src/main/log\\.ts$', '^src/main/store/', '^src/shared/'],
      'A domain.',
    ),
    only(
      'settings',
      '^src/main/settings/',
      ['^src/main/settings/', '^src/main/store/', '^src/shared/'],
      'A domain.',
    ),
    only(
      'privacy',
      '^src/main/privacy/',
      ['^src/main/privacy/', '^src/main/store/', '^src/shared/'],
      'A domain.',
    ),
    only(
      'upstreams',
      '^src/main/upstreams/',
      ['^src/main/upstreams/', '^src/main/store/', '^src/shared/'],
      'A domain.',
    ),
    only(
      'transfer',
      '^src/main/transfer/',
      [
        '^src/main/transfer/',
        '^src/main/(ingest|pricing)/index\\.ts$',
        '^src/main/collector/otlp/decode-json\\.ts$',
        '^src/main/store/',
        '^src/shared/',
      ],
      'A domain; it knows others by their index only. A file of OTLP holds what requests hold.',
    ),
    only(
      'care',
      '^src/main/care/',
      ['^src/main/care/', '^src/main/log\\.ts$', '^src/main/store/', '^src/shared/'],
      'A domain.',
    ),
    only(
      'demo',
      '^src/main/demo/',
      ['^src/main/demo/', '^src/main/log\\.ts$', '^src/shared/'],
      'Makes traffic, knows no store.',
    ),
    only(
      'collector',
      '^src/main/collector/',
      [
        '^src/main/collector/',
        '^src/main/(feedback|ingest|settings|upstreams)/index\\.ts$',
        '^src/main/(router|log|tokens)\\.ts$',
        '^src/shared/',
      ],
      'The HTTP surface ends in ingest, in feedback and in the router.',
    ),
    only(
      'electron-shell',
      '^src/main/electron/',
      [
        '^src/main/electron/',
        '^src/main/(console|desktop|file-dialogs|router|log|log-line|options)\\.ts$',
        '^src/shared/',
      ],
      'The shell knows the console, not its parts.',
    ),
    only(
      'headless',
      '^src/main/headless\\.ts$',
      ['^src/main/(console|log|options)\\.ts$', '^src/shared/'],
      'The same console without a window.',
    ),
    {
      name: 'tests-and-scripts-outside',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
