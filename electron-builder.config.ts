/** What is in a package, and what kinds of it there are. `scripts/package.ts` adds what depends on the machine. */
import { basename, dirname, join } from 'node:path'
import type { Configuration, FileSet } from 'electron-builder'

/** What is left of Electron for anybody but the application itself; `npm run check:package` reads it back. */
export const FUSES = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
} as const satisfies Configuration['electronFuses']

/** The languages of Chromium's own texts: those of the console, and Chinese as others write it. */
const LANGUAGES = ['en-US', 'en-GB', 'zh-CN', 'zh-TW']

const CALLS = { name: 'LLMOps Console calls', description: 'Calls of LLMOps Console' }

const INSTALLED_FROM = join(import.meta.dirname, 'resources', 'updates', 'installed-from')

const SQLITE = 'node_modules/better-sqlite3'

/**
 * The binary of better-sqlite3, where it looks for it.
 *
 * @param built one that was built for this Electron; without, the bundled one of the platform.
 */
export function sqliteBinary(built: string | undefined): FileSet {
  return built === undefined
    ? { from: `${SQLITE}/prebuilds`, to: `${SQLITE}/prebuilds`, filter: ['${platform}-${arch}.node'] }
    : { from: dirname(built), to: `${SQLITE}/build/Release`, filter: [basename(built)] }
}

export default {
  appId: 'dev.llmops-console.app',
  productName: 'LLMOps Console',
  copyright: 'Copyright © LLMOps Console contributors',
  directories: { output: 'dist', buildResources: 'out/icons' },
  npmRebuild: false,
  asar: { smartUnpack: false },
  asarUnpack: ['**/*.node'],
  electronLanguages: LANGUAGES,
  electronFuses: { ...FUSES, resetAdHocDarwinSignature: true },
  protocols: [{ name: 'LLMOps Console', schemes: ['llmops'] }],
  files: [
    'package.json',
    'out/{main,preload,renderer}/**',
    'resources/{catalogue,sdk}/**',
    'resources/updates/app-update.yml',
    // The bundle holds every dependency but the native one.
    '!**/node_modules/**',
    { from: SQLITE, to: SQLITE, filter: ['package.json', 'LICENSE', 'lib/**'] },
  ],
  linux: {
    target: ['AppImage', 'deb', 'tar.gz'],
    executableName: 'llmops-console',
    artifactName: '${name}-${version}-linux-${arch}.${ext}',
    syncDesktopName: true,
    category: 'Development',
    synopsis: 'Speed, failures and costs of your language-model calls',
    maintainer: 'LLMOps Console contributors <maintainers@llmops-console.invalid>',
    // On the other platforms only `.gz` would count, which is not ours to take.
    fileAssociations: [{ ...CALLS, ext: 'jsonl.gz', mimeType: 'application/vnd.llmops-console.calls+gzip' }],
    desktop: {
      entry: {
        Keywords: 'LLM;AI;tokens;monitoring;observability;cost;',
        'Comment[zh_CN]': '查看大模型调用的速度、失败与成本：在自己的桌面上，无需联网。',
        StartupNotify: 'true',
      },
    },
  },
  deb: {
    // Newer Debian and Ubuntu name some of them `…t64`.
    depends: [
      'libgtk-3-0 | libgtk-3-0t64',
      'libnotify4',
      'libnss3',
      'libasound2 | libasound2t64',
      'libatspi2.0-0 | libatspi2.0-0t64',
      'libcups2 | libcups2t64',
      'libgbm1',
      'xdg-utils',
    ],
    recommends: ['libsecret-1-0', 'libayatana-appindicator3-1'],
    // Tells it from an unpacked archive: the next version comes by dpkg, too.
    fpm: [`${INSTALLED_FROM}=/opt/LLMOps Console/resources/installed-from`],
  },
  mac: {
    target: ['dmg', 'zip'],
    artifactName: '${name}-${version}-mac-${arch}.${ext}',
    icon: 'icon.icns',
    category: 'public.app-category.developer-tools',
    hardenedRuntime: true,
    // An open file may go to an editor as before: the console only offers itself.
    fileAssociations: [{ ...CALLS, ext: 'jsonl', role: 'Viewer', rank: 'Alternate' }],
  },
  win: {
    target: ['nsis'],
    artifactName: '${name}-${version}-windows-${arch}.${ext}',
    icon: 'icon.ico',
  },
  nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false },
} satisfies Configuration
