import type { Snippet, SnippetContext } from './snippet.ts'

/** How feedback gets from a page to the collector: through the app's server, or straight away. */
export type FeedbackRoute = 'express' | 'fastapi' | 'direct'

/** Stands where no token has been read yet. */
const TOKEN_PLACEHOLDER = 'TOKEN'

const page = (attributes: string) => `<script src="feedback-widget.js" defer></script>

<!-- Below each answer, with the request id of its call -->
<llmops-feedback
  request-id="REQUEST_ID"
  kind="stars"
  ${attributes}
></llmops-feedback>`

const express = ({ url, token }: SnippetContext) => `import express from 'express'

const app = express()
app.use(express.static('public'))

app.post('/feedback', express.json(), async (request, response) => {
  const { id, requestId, rating, comment } = request.body ?? {}
  try {
    const answer = await fetch('${url}/v1/feedback', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',${
          token === null
            ? ''
            : `
        authorization: 'Bearer ${token}',`
        }
      },
      // Who judges is known here, not in the page: add userId.
      body: JSON.stringify({ id, requestId, rating, comment, source: 'end-user' }),
    })
    response.sendStatus(answer.status)
  } catch {
    response.sendStatus(503)
  }
})

app.listen(3000)`

const fastapi = ({ url, token }: SnippetContext) => `import json
import urllib.error
import urllib.request
from typing import Optional

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

app = FastAPI()


class Feedback(BaseModel):
    id: str
    requestId: str
    rating: int
    comment: Optional[str] = None


@app.post("/feedback")
def send_on(feedback: Feedback):
    # Who judges is known here, not in the page: add "userId".
    body = {
        "id": feedback.id,
        "requestId": feedback.requestId,
        "rating": feedback.rating,
        "source": "end-user",
    }
    if feedback.comment is not None:
        body["comment"] = feedback.comment
    request = urllib.request.Request(
        "${url}/v1/feedback",
        json.dumps(body).encode(),
        {
            "content-type": "application/json",${
              token === null
                ? ''
                : `
            "authorization": "Bearer ${token}",`
            }
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return Response(status_code=answer.status)
    except urllib.error.HTTPError as refused:
        return Response(status_code=refused.code)
    except OSError:
        return Response(status_code=503)


app.mount("/", StaticFiles(directory="public", html=True))`

/** What a page holds, and what its server does with what the page sends. */
export function feedbackWidgetSnippets(context: SnippetContext, route: FeedbackRoute): Snippet[] {
  const { url, pageToken = TOKEN_PLACEHOLDER } = context
  if (route === 'direct') {
    return [
      {
        title: 'connect.steps.page',
        text: page(`endpoint="${url}/v1/feedback"\n  token="${pageToken}"`),
        note: 'connect.notes.pageDirect',
      },
    ]
  }
  return [
    { title: 'connect.steps.page', text: page('endpoint="/feedback"'), note: 'connect.notes.page' },
    {
      title: 'connect.steps.sendOn',
      text: route === 'express' ? express(context) : fastapi(context),
      note: 'connect.notes.sendOn',
    },
  ]
}
