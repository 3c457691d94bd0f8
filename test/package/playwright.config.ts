import { join } from 'node:path'
import { defineConfig } from '@playwright/test'

/** `npm run check:package` runs it. */
export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '*.check.ts',
  outputDir: join(import.meta.dirname, '../../test-results/package'),
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: { testIdAttribute: 'data-test' },
  reporter: 'list',
})
