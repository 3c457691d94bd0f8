/** The search in what prompts, responses and error messages hold. */
export const search = {
  indexing: 'Indexing older calls: {share}',
  indexingText: 'Until then, searching calls of long ago takes longer.',
  inPrompt: 'Prompt',
  inResponse: 'Response',
  inError: 'Error',
  index: 'Search index',
  indexText: 'Finds words and signs in prompts, responses and errors. It keeps up by itself.',
  indexed: '{indexed} of {total} calls are indexed. Searching goes on meanwhile.',
  rebuild: 'Rebuild',
  rebuildFailed: 'The index could not be rebuilt. Try again.',
  matches: 'Matches of {text}',
  match: '{current} of {count}',
  noMatch: 'Not in what is shown here',
  previous: 'Previous match (Shift+F3)',
  next: 'Next match (F3 or Enter)',
  close: 'Stop marking matches',
}
