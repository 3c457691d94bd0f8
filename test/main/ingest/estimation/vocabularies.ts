import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'

const ALL_IS_TEXT = { disallowedSpecial: new Set<string>() }

/** The library itself, of whole texts. */
export const o200k = (text: string) => countO200k(text, ALL_IS_TEXT)
export const cl100k = (text: string) => countCl100k(text, ALL_IS_TEXT)
