import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { findCommand } from '../../scripts/find-command.ts'
import { feedbackWidgetSnippets } from '../../src/renderer/pages/connect/snippets/feedback-widget.ts'
import { consoleForTest } from '../start-console.ts'
import { bash, textOf, write } from './run-snippet.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'

const FILE = join(import.meta.dirname, '../../resources/sdk/feedback-widget.js')

/** Stands for the package, which is not installed here: as much of it as the code uses. It listens on a free port. */
const EXPRESS = `import { createServer } from 'node:http'
export default function express() {
  const routes = new Map()
  return {
    use() {},
    post: (path, read, handle) => routes.set(path, handle),
    listen: () => {
      const server = createServer(async (request, response) => {
        const chunks = []
        for await (const chunk of request) chunks.push(chunk)
        const body = JSON.parse(Buffer.concat(chunks).toString())
        const sendStatus = (status) => response.writeHead(status).end()
        await routes.get(request.url)({ body }, { sendStatus })
      }).listen(0, '127.0.0.1', () => console.log(server.address().port))
    },
  }
}
express.static = () => undefined
express.json = () => undefined`

test('the Express code sends on what the widget says, and nothing else', async () => {
  const opened = await consoleForTest()
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules/express'), { recursive: true })
  write(folder, 'node_modules/express/package.json', '{"type":"module","main":"index.js"}')
  write(folder, 'node_modules/express/index.js', EXPRESS)
  const snippets = feedbackWidgetSnippets({ url: opened.url, token: null, shell: 'sh' }, 'express')
  write(folder, 'server.mjs', textOf(snippets, 'connect.steps.sendOn'))
  const server = spawn(process.execPath, ['server.mjs'], { cwd: folder })
  onTestFinished(() => void server.kill())
  const port = await new Promise<string>((resolve) =>
    server.stdout.once('data', (text) => resolve(String(text).trim())),
  )

  const give = (body: unknown) =>
    fetch(`http://127.0.0.1:${port}/feedback`, { method: 'POST', body: JSON.stringify(body) })
  const said = { id: 'f', requestId: 'r', rating: 2, comment: 'no', userId: 'somebody else', tags: ['x'] }
  expect((await give(said)).status).toBe(201)
  expect((await give({ ...said, id: 'g', rating: 6 })).status).toBe(400)
  expect((await opened.get('/v1/feedback')).body).toMatchObject({
    items: [{ id: 'f', rating: 2, comment: 'no', source: 'end-user', userId: null, tags: [] }],
  })
  await opened.console.close()
  expect((await give(said)).status).toBe(503)
})

test.skipIf(!findCommand('python3'))('the FastAPI code can be read by Python (needs python3)', async () => {
  const folder = temporaryFolder()
  for (const token of [null, 's3cret']) {
    const snippets = feedbackWidgetSnippets({ url: 'http://127.0.0.1:4318', token, shell: 'sh' }, 'fastapi')
    write(folder, 'server.py', textOf(snippets, 'connect.steps.sendOn'))
    await bash(folder, 'python3 -m py_compile server.py')
  }
})

test('a page that posts by itself names the collector and holds the token, known or not', () => {
  const context = { url: 'http://127.0.0.1:4318', token: null, shell: 'sh' as const }
  const textWith = (pageToken?: string) =>
    textOf(
      feedbackWidgetSnippets({ ...context, ...(pageToken === undefined ? {} : { pageToken }) }, 'direct'),
      'connect.steps.page',
    )
  expect(textWith('s3cret')).toContain('endpoint="http://127.0.0.1:4318/v1/feedback"')
  expect(textWith('s3cret')).toContain('token="s3cret"')
  expect(textWith()).toContain('token="TOKEN"')
})

test('the widget is as small as the page says (11 kB, 5 kB compressed), is served as it stands, and shows nothing as markup', async () => {
  const file = readFileSync(FILE)
  expect(file.length).toBeLessThanOrEqual(11_000)
  expect(gzipSync(file).length).toBeLessThanOrEqual(5_000)
  expect(file.toString()).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/)
  const opened = await consoleForTest()
  expect((await opened.send({ path: '/sdk/feedback-widget.js' })).body).toBe(file.toString())
})
