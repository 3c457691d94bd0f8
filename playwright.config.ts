import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.e2e.ts',
  outputDir: 'test-results/e2e',
  // `scripts/test.ts` starts more where each can have a desktop of its own.
  workers: 1,
  // Two windows share two cores: what comes may take its time, what never comes fails still.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { testIdAttribute: 'data-test' },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  forbidOnly: process.env['CI'] !== undefined,
})
