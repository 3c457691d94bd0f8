const RETRY_MS = 2_000

/**
 * Takes whatever the main process pushes, for as long as the page lives. While the console is busy or closing, what was
 * known stays until it answers again.
 *
 * @param open asks for the pushes, each time anew.
 */
export async function keepFollowing<Push>(
  open: () => Promise<AsyncIterable<Push>>,
  take: (push: Push) => void,
  onLost?: () => void,
): Promise<never> {
  for (;;) {
    try {
      for await (const push of await open()) take(push)
    } catch {
      onLost?.()
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
