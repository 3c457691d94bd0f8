const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** How large a file is, in one unit: `842 B`, `1.8 MB`. Units are of a thousand, as file managers count. */
export function fileSize(sizeBytes: number, language: string): string {
  const power = sizeBytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(sizeBytes) / 3))
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  return `${number.format(sizeBytes / 1_000 ** power)} ${UNITS[power] ?? 'B'}`
}
