/** What became of a batch; when it says ok the batch is committed. */
export type BatchResult<Outcome> = { ok: true; outcome: Outcome } | { ok: false; error: unknown }

/**
 * Commits batches together; if that fails each gets a transaction of its own, so that one that cannot be stored does not
 * take the others with it.
 *
 * @param attempt runs one transaction for all the batches it is given.
 * @returns a result per batch.
 */
export function commitTogether<Batch, Outcome>(
  batches: readonly Batch[],
  attempt: (batches: readonly Batch[]) => BatchResult<Outcome>[],
): BatchResult<Outcome>[] {
  const results = attempt(batches)
  return batches.length > 1 && results.some((result) => !result.ok)
    ? batches.flatMap((batch) => attempt([batch]))
    : results
}
