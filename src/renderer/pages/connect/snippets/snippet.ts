/** Which command line a snippet is for. */
export type Shell = 'sh' | 'powershell'

/** What snippets are written with. */
export interface SnippetContext {
  /** Of the collector. */
  url: string
  /** What apps must send; null: nothing. */
  token: string | null
  shell: Shell
}

/** Something to copy that works as it stands. Title and note are keys of messages. */
export interface Snippet {
  title: string
  text: string
  note?: string
}

/** The name that apps have in the snippets. */
export const APP = 'my-app'
