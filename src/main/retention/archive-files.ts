import { Worker } from 'node:worker_threads'
import { ThreadClient } from '../store/thread-link.ts'
import type { ArchiveFunctions } from './archive-thread.ts'

/** The files of archives, worked on by a thread that starts when it is first asked, and again if it ended. */
export class ArchiveFiles {
  #thread: ThreadClient<ArchiveFunctions> | undefined

  call: ThreadClient<ArchiveFunctions>['call'] = (name, input) => this.#started().call(name, input)

  async close(): Promise<void> {
    if (this.#thread?.isAlive === true) await this.#thread.call('close', null)
    this.#thread = undefined
  }

  #started(): ThreadClient<ArchiveFunctions> {
    if (this.#thread?.isAlive === true) return this.#thread
    // From source under Node, which reads TypeScript; from the bundle inside the application.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const url = new URL(`./archive-thread.${extension}`, import.meta.url)
    this.#thread = new ThreadClient<ArchiveFunctions>(new Worker(url, { name: 'archive-thread' }))
    return this.#thread
  }
}
