import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.e2e.ts',
  outputDir: 'test-results/e2e',
  // `scripts/test.ts` starts more where each can have a desktop of its own.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: { testIdAttribute: 'data-test' },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  forbidOnly: process.env['CI'] !== undefined,
})
