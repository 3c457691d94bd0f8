const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Between a number and Chinese, where there is none by nature. */
const UNSPACED = /(?<=\d)(?=\p{Script=Han})/u

/** How large a file is, in one unit: `842 byte`, `1.8 MB`. Units are of a thousand, as file managers count. */
export function fileSize(sizeBytes: number, language: string): string {
  const power = sizeBytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(sizeBytes) / 3))
  const text = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(sizeBytes / 1_000 ** power)
  return text.replace(UNSPACED, '\u00a0')
}
