/*
 * Feedback on an answer of a model, for a page of your own: thumbs or stars, and a comment. No dependencies.
 *
 *   <script src="feedback-widget.js" defer></script>
 *   <llmops-feedback request-id="…" endpoint="/feedback"></llmops-feedback>
 *
 * request-id  of the call that the feedback is about
 * endpoint    where it is posted to: your own server, which sends it on; or the collector's …/v1/feedback
 * token       of the collector, only if the page posts to it directly; whoever opens the page can read it
 * kind        "thumbs" (5 or 1) or "stars" (1 to 5); thumbs if absent
 * lang        "en" or "zh…"; that of the page if absent
 * user-id     who judges; better known by your own server
 * theme       "light" or "dark"; the color-scheme and the text colour of the page if absent
 *
 * Its colours are the custom properties --llmops-text, -muted, -line, -surface, -accent and -error. When feedback was
 * sent it dispatches "llmops-feedback" with {id, rating}, else "llmops-feedback-failed" with {reason}.
 */
;(() => {
  'use strict'

  const TEXTS = {
    en: {
      ask: 'Was this helpful?',
      up: 'Yes',
      down: 'No',
      star: (count) => `${count} of 5 stars`,
      comment: 'What was good, what was wrong? (optional)',
      send: 'Send',
      again: 'Try again',
      sending: 'Sending…',
      sent: 'Thank you for your feedback.',
      missing: (name) => `Feedback is not set up: ${name} is missing.`,
      unreachable: (host, origin) =>
        `Not sent: ${host} cannot be reached, or does not accept feedback from ${origin}.`,
      token: 'Not sent: the token is missing or no longer valid.',
      rejected: 'Not sent: it was not accepted as it is.',
      busy: 'Not sent: the server is busy. Try again in a moment.',
    },
    zh: {
      ask: '这个回答有帮助吗？',
      up: '有帮助',
      down: '没有帮助',
      star: (count) => `${count} 星（满分 5 星）`,
      comment: '哪里好，哪里有问题？（选填）',
      send: '提交',
      again: '重试',
      sending: '提交中…',
      sent: '感谢你的反馈。',
      missing: (name) => `反馈未配置：缺少 ${name}。`,
      unreachable: (host, origin) => `未能提交：无法连接 ${host}，或其不接受来自 ${origin} 的反馈。`,
      token: '未能提交：令牌缺失或已失效。',
      rejected: '未能提交：内容未被接受。',
      busy: '未能提交：服务器繁忙，请稍后重试。',
    },
  }

  const STYLES = `
:host { --m: var(--llmops-muted, color-mix(in srgb, currentColor 68%, transparent));
  --l: var(--llmops-line, color-mix(in srgb, currentColor 32%, transparent)); --s: var(--llmops-surface, transparent);
  --a: var(--llmops-accent, light-dark(#3d56c9, #93a7ff)); --e: var(--llmops-error, light-dark(#bf2733, #ff8a90));
  display: block; max-width: 420px; color: var(--llmops-text, inherit); font: 14px/1.5 system-ui, sans-serif; }
:host([theme=light]) { color-scheme: light; color: var(--llmops-text, #171a21); }
:host([theme=dark]) { color-scheme: dark; color: var(--llmops-text, #e8ebf0); }
:host([hidden]), [hidden] { display: none !important; }
fieldset { display: flex; align-items: center; gap: 4px; margin: 0; padding: 0; border: 0; }
legend { float: left; margin-right: 8px; padding: 0; }
label { position: relative; display: inline-flex; border-radius: 6px; padding: 3px; color: var(--m); cursor: pointer; }
label.on { color: var(--a); }
label:has(:focus-visible) { outline: 2px solid var(--a); }
input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linejoin: round; }
.on svg { fill: currentColor; }
.down svg { transform: rotate(180deg); }
textarea { box-sizing: border-box; width: 100%; margin: 8px 0; padding: 6px 8px; border: 1px solid var(--l);
  border-radius: 6px; background: var(--s); color: inherit; font: inherit; resize: vertical; }
button { padding: 4px 14px; border: 1px solid var(--a); border-radius: 6px; background: var(--a);
  color: light-dark(#fff, #10131d);
  font: inherit; cursor: pointer; }
button:disabled { opacity: 0.6; cursor: default; }
textarea:focus-visible, button:focus-visible { outline: 2px solid var(--a); outline-offset: 1px; }
p { margin: 6px 0 0; color: var(--m); overflow-wrap: anywhere; }
p:focus { outline: none; }
p.failed { color: var(--e); }
`
  const STAR = 'M12 2.5l2.9 6 6.6.9-4.8 4.6 1.2 6.5L12 17.4l-5.9 3.1 1.2-6.5L2.5 9.4l6.6-.9z'
  const THUMB =
    'M3 10.5h3.5V21H3zM6.5 11l4.6-8.2c1.6 0 2.6 1.3 2.2 2.8L12.4 9.5h6.4c1.4 0 2.4 1.3 2.1 2.6l-1.5 7A2.4 2.4 0 0117 21H6.5'
  const SVG = 'http://www.w3.org/2000/svg'
  const TIMEOUT_MS = 10_000

  /** An element with properties and children; text is text, never markup. */
  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag)
    Object.assign(element, properties)
    element.append(...children)
    return element
  }

  const icon = (path) => {
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', '0 0 24 24')
    svg.setAttribute('aria-hidden', 'true')
    svg.append(document.createElementNS(SVG, 'path'))
    svg.firstChild.setAttribute('d', path)
    return svg
  }

  /** Sent twice under the same id it counts once. Pages that are no secure context have no `randomUUID`. */
  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    )

  class LlmopsFeedback extends HTMLElement {
    static observedAttributes = ['request-id', 'endpoint', 'kind', 'lang']

    connectedCallback() {
      if (this.shadowRoot) return
      this.attachShadow({ mode: 'open' })
      // Unlike an element with styles, a page's content security policy has nothing against it.
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(STYLES)
      this.shadowRoot.adoptedStyleSheets = [sheet]
      this.render()
    }

    attributeChangedCallback(name, before, now) {
      if (this.shadowRoot && before !== now) this.render()
    }

    /** Asks anew: of another call, or in another language. */
    render() {
      const language = this.closest('[lang]')?.lang || navigator.language
      this.texts = TEXTS[/^zh/i.test(language) ? 'zh' : 'en']
      this.feedbackId = newId()
      this.rating = 0
      const missing = ['request-id', 'endpoint'].find((name) => !this.getAttribute(name))
      this.status = make('p', { tabIndex: -1 })
      this.status.setAttribute('role', 'status')
      if (missing) {
        this.shadowRoot.replaceChildren(this.status)
        return this.say(this.texts.missing(missing), true)
      }
      const { ask, up, down, star, comment, send } = this.texts
      const isStars = this.getAttribute('kind') === 'stars'
      this.choices = isStars
        ? [1, 2, 3, 4, 5].map((count) => this.choice(count, star(count), STAR))
        : [this.choice(5, up, THUMB), this.choice(1, down, THUMB, 'down')]
      this.comment = make('textarea', { rows: 3, maxLength: 10_000, placeholder: comment })
      this.comment.setAttribute('aria-label', comment)
      this.button = make('button', { type: 'submit', textContent: send })
      this.more = make('div', { hidden: true }, this.comment, this.button)
      this.fields = make('fieldset', {}, make('legend', { textContent: ask }), ...this.choices)
      this.form = make('form', { noValidate: true }, this.fields, this.more)
      this.form.addEventListener('submit', (event) => {
        event.preventDefault()
        void this.send()
      })
      this.shadowRoot.replaceChildren(this.form, this.status)
    }

    choice(rating, name, path, className = '') {
      const input = make('input', { type: 'radio', name: 'rating', value: String(rating) })
      input.setAttribute('aria-label', name)
      input.addEventListener('change', () => this.choose(rating))
      return make('label', { className, title: name }, input, icon(path))
    }

    choose(rating) {
      this.rating = rating
      for (const label of this.choices) {
        const value = Number(label.firstChild.value)
        label.classList.toggle('on', this.choices.length === 2 ? value === rating : value <= rating)
      }
      this.more.hidden = false
    }

    async send() {
      if (this.rating === 0 || this.button.disabled) return
      this.button.disabled = true
      this.say(this.texts.sending)
      const reason = await this.post()
      if (reason === null) {
        this.say(this.texts.sent)
        // The button with the focus goes: it is not to be lost.
        this.status.focus()
        this.form.hidden = true
        this.tell('llmops-feedback', { id: this.feedbackId, rating: this.rating })
        return
      }
      this.button.disabled = false
      this.button.textContent = this.texts.again
      const text = this.texts[reason]
      const host = new URL(this.getAttribute('endpoint'), location.href).host
      this.say(typeof text === 'function' ? text(host, location.origin) : text, true)
      this.tell('llmops-feedback-failed', { reason })
    }

    /** @returns why it was not taken, or null. */
    async post() {
      const token = this.getAttribute('token')
      const comment = this.comment.value.trim()
      const userId = this.getAttribute('user-id')
      try {
        const answer = await fetch(this.getAttribute('endpoint'), {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(token ? { authorization: `Bearer ${token}` } : {}),
          },
          body: JSON.stringify({
            id: this.feedbackId,
            requestId: this.getAttribute('request-id'),
            rating: this.rating,
            source: 'end-user',
            ...(comment ? { comment } : {}),
            ...(userId ? { userId } : {}),
          }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        if (answer.ok) return null
        if (answer.status === 401) return 'token'
        return answer.status === 429 || answer.status >= 500 ? 'busy' : 'rejected'
      } catch {
        // A browser does not tell a page whether it was turned away or nobody is there.
        return 'unreachable'
      }
    }

    say(text, hasFailed = false) {
      this.status.className = hasFailed ? 'failed' : ''
      this.status.textContent = text
    }

    tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
    }
  }

  if (!customElements.get('llmops-feedback')) customElements.define('llmops-feedback', LlmopsFeedback)
})()
