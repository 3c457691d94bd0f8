/** Text that stays text where Markdown is read: no link, no picture, no mention, no heading. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>~&]/g, (character) => `\\${character}`)
}
