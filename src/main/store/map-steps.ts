/**
 * Tells the steps of something long in other words. Whoever stops taking them ends it, which a loop over `next()` alone
 * would not: its lock, or its thread, would be held for good.
 *
 * @param tell null: nothing is told of a step.
 * @returns what came of it.
 */
export async function* mapSteps<Step, Told, Output>(
  steps: AsyncIterator<Step, Output, void>,
  tell: (step: Step) => Told | null,
): AsyncGenerator<Told, Output, void> {
  try {
    for (;;) {
      const step = await steps.next()
      if (step.done) return step.value
      const told = tell(step.value)
      if (told !== null) yield told
    }
  } finally {
    await steps.return?.()
  }
}
