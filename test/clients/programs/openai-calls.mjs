const REQUEST = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }

export const chat = (openai) => openai.chat.completions.create(REQUEST)

export async function chatStream(openai) {
  const stream = await openai.chat.completions.create({
    ...REQUEST,
    stream: true,
    stream_options: { include_usage: true },
  })
  for await (const _chunk of stream);
}
