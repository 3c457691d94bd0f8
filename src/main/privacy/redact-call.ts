import { LIMITS } from '#shared/limits.ts'
import type { NewCall } from '../store/call.ts'
import type { Redactor } from './redactor.ts'

/**
 * Takes out of a call what must not be stored: in its bodies, error, attributes, tags and names. Who and what it is
 * stays: request id, app, user, session and model are what calls are found and counted by.
 *
 * @returns the call itself if there was nothing, which is nearly always.
 */
export function redactCall(call: NewCall, redactor: Redactor): NewCall {
  const { app } = call
  const text = (value: string) => redactor.redact(value, 'text', app)
  const prompt = call.prompt && redactBody(call.prompt)
  const response = call.response && redactBody(call.response)
  const errorMessage = call.errorMessage && text(call.errorMessage)
  const attributes = call.attributes && redactor.redact(call.attributes, 'json', app)
  const name = call.name && shortened(call.name)
  const errorType = call.errorType && shortened(call.errorType)
  const tags = call.tags.map(shortened)
  const isSame =
    prompt === call.prompt &&
    response === call.response &&
    errorMessage === call.errorMessage &&
    attributes === call.attributes &&
    name === call.name &&
    errorType === call.errorType &&
    tags.every((tag, index) => tag === call.tags[index])
  if (isSame) return call
  const flags: NewCall['flags'] = [...call.flags, 'redacted']
  return { ...call, prompt, response, errorMessage, attributes, name, errorType, tags, flags }

  function redactBody(body: NonNullable<NewCall['prompt']>): NonNullable<NewCall['prompt']> {
    const redacted = redactor.redact(body.text, body.format, app)
    return redacted === body.text ? body : { ...body, text: redacted }
  }

  /** A marker may be longer than what it stands for. */
  function shortened(value: string): string {
    const redacted = text(value)
    return redacted === value ? value : redacted.slice(0, LIMITS.nameLength)
  }
}
