/** What the body template of a webhook may name in braces. */
export const BODY_TEMPLATE_FIELDS = [
  'deliveryId',
  'event',
  'title',
  'text',
  'rule',
  'ruleId',
  'severity',
  'labels',
  'metric',
  'value',
  'threshold',
  'count',
  'startedAt',
  'link',
  'records',
] as const
export type BodyTemplateField = (typeof BODY_TEMPLATE_FIELDS)[number]
/** Each as text for people, and as JSON for programs: `12.5%` and 0.125. */
export type BodyTemplateValues = Record<BodyTemplateField, { text: string; json: unknown }>

// A field, or what says whether we are inside a string: an escape is one piece, so that its quote ends nothing.
const PIECE = /\\.|"|\{([A-Za-z]{1,40})\}/gs

/**
 * Fills the fields of a JSON template in. Inside a string a field becomes escaped text; elsewhere it becomes a whole
 * JSON value. So what apps and models wrote cannot leave the place that the template gives it.
 *
 * @returns JSON text, if the template is valid: `templateProblem` says.
 */
export function fillBodyTemplate(template: string, values: BodyTemplateValues): string {
  let isInString = false
  return template.replace(PIECE, (piece, name: string | undefined) => {
    if (piece === '"') isInString = !isInString
    if (name === undefined || !isField(name)) return piece
    const { text, json } = values[name]
    return isInString ? JSON.stringify(text).slice(1, -1) : JSON.stringify(json ?? null)
  })
}

/** What is wrong with a body template, or null. */
export function bodyTemplateProblem(template: string): string | null {
  for (const [, name] of template.matchAll(PIECE)) {
    if (name !== undefined && !isField(name)) return `must not name the unknown field {${name}}`
  }
  try {
    JSON.parse(fillBodyTemplate(template, EXAMPLE))
    return null
  } catch {
    // The parser's words would quote the template.
    return 'must be JSON once its fields are filled in'
  }
}

const EXAMPLE = Object.fromEntries(
  BODY_TEMPLATE_FIELDS.map((name) => [name, { text: `"${name}"`, json: name }]),
) as BodyTemplateValues

function isField(name: string): name is BodyTemplateField {
  return (BODY_TEMPLATE_FIELDS as readonly string[]).includes(name)
}
