/** Which command line a snippet is for. */
export type Shell = 'sh' | 'powershell'

/** What snippets are written with. */
export interface SnippetContext {
  /** Of the collector. */
  url: string
  /** What apps must send; null: nothing. */
  token: string | null
  /** What a page must send that posts by itself; absent: it is not known here. */
  pageToken?: string
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
