/** A file that an app copies, by its path in resources/sdk and below the collector's /sdk. */
export interface ClientFile {
  path: string
  /** Where it belongs in an app, if not beside the code that uses it. */
  target?: string
}

const PYTHON: ClientFile = { path: 'app_log.py' }
const TYPESCRIPT: ClientFile = { path: 'app-log.ts' }
const JAVASCRIPT: ClientFile = { path: 'app-log.mjs' }
const FEEDBACK_WIDGET: ClientFile = { path: 'feedback-widget.js', target: 'public/feedback-widget.js' }
const JAVA: ClientFile = { path: 'java/AppLog.java', target: 'src/main/java/llmops/AppLog.java' }
const JAVA_ASPECT: ClientFile = {
  path: 'java/AppLogAspect.java',
  target: 'src/main/java/llmops/AppLogAspect.java',
}

export const CLIENT_FILES = {
  python: [PYTHON],
  typescript: [TYPESCRIPT],
  javascript: [JAVASCRIPT],
  feedback: [FEEDBACK_WIDGET],
  plain: [JAVA],
  spring: [JAVA, JAVA_ASPECT],
} as const satisfies Record<string, readonly ClientFile[]>

// Each is a chunk of its own, loaded when someone looks at it.
const FOLDER = '../../../../resources/sdk/'
const texts = import.meta.glob<string>('../../../../resources/sdk/**/*.{py,ts,mjs,js,java}', {
  query: '?raw',
  import: 'default',
})

/** The file's own text, as the collector serves it. */
export async function readClientFile({ path }: ClientFile): Promise<string> {
  const load = texts[FOLDER + path]
  if (!load) throw new Error(`${path} is not part of this build`)
  return load()
}
