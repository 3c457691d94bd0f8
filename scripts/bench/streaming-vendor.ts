/** A model vendor at its fastest: streams a chat completion as soon as it has the request, a chunk at a time. */
import { createServer } from 'node:http'

const CHUNKS = 20
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'bench', choices: [{ index: 0, delta }], ...more })}\n\n`

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let sent = 0
    const next = (): void => {
      sent += 1
      if (sent > CHUNKS) {
        const usage = { prompt_tokens: 100, completion_tokens: CHUNKS, total_tokens: 100 + CHUNKS }
        return void response.end(`${chunk({}, { usage })}data: [DONE]\n\n`)
      }
      response.write(chunk({ content: `word ${sent} ` }))
      setImmediate(next)
    }
    next()
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
})
