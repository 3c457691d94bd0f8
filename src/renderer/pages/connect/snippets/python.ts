import { clientFileEnvironment } from './client-file-environment.ts'
import type { Snippet, SnippetContext } from './snippet.ts'

const CODE = `from openai import OpenAI

from app_log import app_log, app_log_context

client = OpenAI()


@app_log(app_type="CHAT")
def ask(question):
    return client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": question}],
    )


with app_log_context(user_id="u-1", session_id="s-1", tags=["beta"]):
    ask("Hello")`

export function pythonSnippets(context: SnippetContext): Snippet[] {
  return [
    { title: 'connect.steps.mark', text: CODE, note: 'connect.notes.python' },
    clientFileEnvironment(context),
  ]
}
