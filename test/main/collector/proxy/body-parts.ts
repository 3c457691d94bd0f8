/** The parts of a body as they arrive. */
export async function* partsOf(body: AsyncIterable<unknown> | null): AsyncGenerator<Uint8Array> {
  for await (const part of body ?? []) if (part instanceof Uint8Array) yield part
}

/** Reads a stream to its end. */
export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const part of stream) void part
}
