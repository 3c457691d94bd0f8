import type { FunctionalComponent } from 'vue'
import { h } from 'vue'
import { splitMatches } from './split-matches.ts'

/** A text as it is, in which what was searched for is marked. A function: the template's own spaces would be in it. */
export const MarkedText: FunctionalComponent<{ text: string; wanted?: string | undefined }> = ({
  text,
  wanted,
}) => splitMatches(text, wanted).map((part) => (part.isMatch ? h('mark', part.text) : part.text))
MarkedText.props = ['text', 'wanted']
