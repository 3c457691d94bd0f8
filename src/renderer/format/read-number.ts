/**
 * Reads a number as people write it in the languages of the pages: `1,234.5`, `1234.5`, and `0,14` where the comma
 * cannot be one between thousands.
 *
 * @returns null for no text, NaN for what is no number.
 */
export function readNumber(text: string): number | null {
  const trimmed = text.trim().replace('，', ',')
  if (trimmed === '') return null
  if (/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(trimmed)) return Number(trimmed.replaceAll(',', ''))
  return Number(trimmed.replace(',', '.'))
}
