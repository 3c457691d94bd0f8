import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { licencesPlugin } from './scripts/licences.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/**
 * vue-router looks for scroll positions of earlier pages when it is loaded, and waits for the main process meanwhile, which
 * loads the console then. Our pages begin at their top.
 */
const withoutScrollPositions: Plugin = {
  name: 'without-scroll-positions',
  transform(code, id) {
    const asked = 'JSON.parse(sessionStorage[SCROLL_KEY])'
    return id.includes('/vue-router/') && code.includes(asked) ? code.replace(asked, '{}') : undefined
  },
}

export default defineConfig({
  main: {
    build: {
      // The oldest runtime we start on is Electron 33, whose Node is 20.18.
      target: 'node20.18',
      // Only the native module stays outside the bundle: everything else is one file that starts fast.
      externalizeDeps: false,
      rollupOptions: {
        external: ['better-sqlite3'],
        input: {
          index: path('src/main/index.ts'),
          'writer-thread': path('src/main/store/writer-thread.ts'),
          'reader-thread': path('src/main/store/reader-thread.ts'),
          'watch-thread': path('src/main/store/watch-thread.ts'),
          'export-thread': path('src/main/transfer/export-thread.ts'),
          'import-thread': path('src/main/transfer/import-thread.ts'),
          'archive-thread': path('src/main/retention/archive-thread.ts'),
          'care-thread': path('src/main/store/care/care-thread.ts'),
          'counter-thread': path('src/main/ingest/estimation/counter-thread.ts'),
        },
        output: {
          format: 'es',
          // Beside the entries: threads and resources are found from wherever the code that asks for them lies.
          chunkFileNames: '[name]-[hash].js',
          // Shorter to read at every start; names stay, for what a log tells of a failure.
          minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
        },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: path('src/preload/index.ts'),
        // A sandboxed preload cannot be an ES module.
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    root: path('src/renderer'),
    plugins: [vue(), withoutScrollPositions, licencesPlugin(path('.'))],
    build: {
      target: 'chrome130',
      minify: true,
      cssMinify: true,
      rollupOptions: { input: path('src/renderer/index.html') },
    },
  },
})
