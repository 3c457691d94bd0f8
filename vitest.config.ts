import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { bundledThreads } from './test/bundle-threads.ts'

export default defineConfig({
  plugins: [vue(), bundledThreads],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/bundle-threads.ts',
    environment: 'node',
    // Real processes and files: two cores are shared with what the tests start.
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // What is waited for may take its time on a busy machine; what never comes fails still.
    expect: { poll: { timeout: 15_000 } },
  },
})
