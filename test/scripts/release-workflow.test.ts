import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import configuration from '../../electron-builder.config.ts'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '..', '..')
const stepSchema = z.strictObject({
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z
    .string()
    .regex(/^[\w-]+\/[\w-]+@v\d+$/)
    .optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  'working-directory': z.string().optional(),
})
const jobSchema = z.strictObject({
  name: z.string().optional(),
  needs: z.string().optional(),
  if: z.string().optional(),
  strategy: z.unknown().optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
  env: z.record(z.string(), z.string()).optional(),
  'runs-on': z.string(),
  'timeout-minutes': z.int().optional(),
  steps: z.array(stepSchema).nonempty(),
})
const workflow = z
  .strictObject({
    name: z.string(),
    on: z.unknown(),
    permissions: z.strictObject({ contents: z.literal('read') }),
    concurrency: z.unknown(),
    jobs: z.record(z.string(), jobSchema),
  })
  .parse(parse(readFileSync(join(root, '.github', 'workflows', 'release.yml'), 'utf8')))
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)
const commands = steps.flatMap(({ run }) => run ?? []).join('\n')

test('each step of the release uses an action or runs a command, and jobs wait for jobs that are there', () => {
  for (const step of steps) expect([step.uses, step.run].filter(Boolean), step.name).toHaveLength(1)
  for (const { needs } of Object.values(workflow.jobs))
    if (needs !== undefined) expect(workflow.jobs).toHaveProperty(needs)
})

test('what the release runs is there', () => {
  const scripts = [...commands.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name)
  expect(scripts.sort()).toEqual(['check:package', 'package'])
  for (const name of scripts) expect(packageJson.scripts).toHaveProperty([name])
  for (const [file] of commands.matchAll(/\b(scripts|test)\/[\w./-]+/g))
    expect(existsSync(join(root, file)), file).toBe(true)
})

test('every kind of package of the three systems is kept, with its checksums and feeds', () => {
  const kept = steps.flatMap(({ with: given }) => String(given?.['path'] ?? '').split('\n'))
  const endings: Record<string, string> = {
    AppImage: 'AppImage',
    deb: 'deb',
    'tar.gz': 'tar.gz',
    dmg: 'dmg',
    zip: 'zip',
    nsis: 'exe',
  }
  for (const { target } of [configuration.linux, configuration.mac, configuration.win])
    for (const kind of target) expect(kept).toContain(`dist/*.${endings[kind]}`)
  expect(kept).toContain('dist/SHA256SUMS-*')
  expect(kept).toContain('dist/latest*.yml')
})
