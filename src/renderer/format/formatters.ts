import type { Language } from '../i18n/index.ts'

/** What stands where there is no value. */
export const NONE = '—'

const NANOS = 1e9

/** Turns values into text of one language; null always becomes a dash. */
export interface Formatters {
  /** Whole numbers in full: `12,408`. */
  count: (value: number | null) => string
  /** Large numbers in short: `12.4K`, `1.2万`. */
  compact: (value: number | null) => string
  /** A share of one as a percentage, never rounded up to 100 %: `99.98%`. */
  percent: (share: number | null) => string
  /** What rose or fell, as a percentage of what it was: `3.2%`, `48%`, `>999%`. */
  change: (share: number) => string
  /** A duration that was measured, to three digits so that a column of them reads evenly: `842 ms`, `1.80 s`, `14.0 s`, `2 min 5 s`, `1 h 2 min`. */
  duration: (milliseconds: number | null) => string
  /** The same of one that was chosen or counted, which says no more than it is: `1.8 s`, `14 s`. */
  plainDuration: (milliseconds: number | null) => string
  /** A span that was chosen, in one unit: `5 min`, `2 hr`, `1 day`. */
  minutes: (minutes: number) => string
  /** A duration on an axis, in one unit: `0`, `0.3 ms`, `400 ms`, `1.5 s`, `80 s`. */
  durationTick: (milliseconds: number) => string
  /** An amount in 1e-9 of a currency; small ones keep two significant digits. */
  cost: (nanos: number | null, currency: string) => string
  /** A price as it was written, up to six decimals. */
  price: (amount: number | null, currency: string) => string
  decimal: (value: number | null) => string
  /** Stars, in the mean: always with a decimal. */
  rating: (stars: number | null) => string
  /** Several texts as one: `P50 1 s, P95 2 s`. */
  list: (texts: readonly string[]) => string
  /** Clock time, with the date if it is not today. */
  time: (epochMs: number, nowMs: number) => string
  /** How long ago that was, in one unit: `3s ago`, `5m ago`. What lies ahead by a clock's fault is now. */
  ago: (epochMs: number, nowMs: number) => string
  /** A day in full, in UTC as prices have it. */
  day: (epochMs: number) => string
  /** Date and time in full. */
  dateTime: (epochMs: number) => string
  /** From one time to another, with seconds if it is shorter than a minute, saying the day once if it is the same. */
  span: (fromMs: number, toMs: number) => string
  /** For the axis of a chart with labels `stepMs` apart: the time, or the day at its beginning. */
  axisTime: (epochMs: number, stepMs: number) => string
}

const DAY_MS = 86_400_000

/** Between a number and a Chinese unit, where the platform leaves none and the words around it do. */
const UNSPACED = /(?<=\d)(?=\p{Script=Han})/u

const MINUTE_UNITS = [
  ['day', 1_440],
  ['hour', 60],
  ['minute', 1],
] as const

const AGO_UNITS = [
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const made = new Map<Language, Formatters>()

/** Those of a language, made once: what the platform formats with takes long to make. */
export function formattersOf(language: Language): Formatters {
  const known = made.get(language) ?? createFormatters(language)
  made.set(language, known)
  return known
}

/** Made when it is used first: the platform takes a millisecond for each. */
function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

export function createFormatters(language: Language): Formatters {
  const numbers = new Map<string, Intl.NumberFormat>()
  const number = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options)
    const known = numbers.get(key) ?? new Intl.NumberFormat(language, options)
    numbers.set(key, known)
    return known
  }
  const date = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { hourCycle: 'h23', ...options })
  const whole = once(() => number({ maximumFractionDigits: 0 }))
  const short = once(() => number({ notation: 'compact', maximumFractionDigits: 1 }))
  const oneDecimal = once(() => number({ maximumFractionDigits: 1 }))
  // Chinese counts in steps of ten thousand; a smaller number is as short in full.
  const shortFrom = language === 'zh-CN' ? 10_000 : 1_000
  const spaced = (text: string) => text.replace(UNSPACED, '\u00a0')
  const share = once(() => number({ style: 'percent', maximumFractionDigits: 2, roundingMode: 'floor' }))
  const finePercent = once(() => number({ style: 'percent', maximumFractionDigits: 1 }))
  const wholePercent = once(() => number({ style: 'percent', maximumFractionDigits: 0 }))
  const clock = once(() => date({ hour: '2-digit', minute: '2-digit', second: '2-digit' }))
  const minute = once(() => date({ hour: '2-digit', minute: '2-digit' }))
  const day = once(() => date({ month: 'short', day: 'numeric' }))
  const dayAndMinute = once(() =>
    date({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }),
  )
  const dayAndClock = once(() =>
    date({
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }),
  )
  const relative = once(() => new Intl.RelativeTimeFormat(language, { style: 'narrow' }))
  const several = once(() => new Intl.ListFormat(language, { type: 'conjunction', style: 'narrow' }))
  const wholeDay = once(() => date({ dateStyle: 'medium', timeZone: 'UTC' }))
  const full = once(() => date({ dateStyle: 'medium', timeStyle: 'medium' }))

  const orNone =
    <T>(format: (value: T) => string) =>
    (value: T | null) =>
      value === null ? NONE : format(value)

  const durationOf = (milliseconds: number, isEven: boolean): string => {
    const digits = (value: number, count: number) =>
      number({ maximumFractionDigits: count, minimumFractionDigits: isEven && value > 0 ? count : 0 }).format(
        value,
      )
    if (milliseconds < 9.95) return `${digits(milliseconds, 1)} ms`
    if (milliseconds < 999.5) return `${whole().format(milliseconds)} ms`
    const seconds = milliseconds / 1000
    if (seconds < 9.995) return `${digits(seconds, 2)} s`
    if (seconds < 59.95) return `${digits(seconds, 1)} s`
    const wholeSeconds = Math.round(seconds)
    if (wholeSeconds < 3_600) return `${Math.floor(wholeSeconds / 60)} min ${wholeSeconds % 60} s`
    const wholeMinutes = Math.round(seconds / 60)
    return `${whole().format(Math.floor(wholeMinutes / 60))} h ${wholeMinutes % 60} min`
  }

  return {
    count: orNone((value: number) => whole().format(value)),
    compact: orNone((value: number) =>
      Math.abs(value) < shortFrom ? whole().format(value) : short().format(value),
    ),
    percent: orNone((value: number) => share().format(value)),
    change(share) {
      if (share >= 9.995) return `>${wholePercent().format(9.99)}`
      return (share < 0.0995 ? finePercent : wholePercent)().format(share)
    },
    list: (texts) => several().format(texts),
    decimal: orNone((value: number) => oneDecimal().format(value)),
    rating: orNone((stars: number) =>
      number({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(stars),
    ),
    duration: orNone((milliseconds: number) => durationOf(milliseconds, true)),
    plainDuration: orNone((milliseconds: number) => durationOf(milliseconds, false)),
    minutes(minutes) {
      const [unit, length] =
        MINUTE_UNITS.find(([, length]) => minutes >= length && minutes % length === 0) ??
        (['minute', 1] as const)
      return spaced(number({ style: 'unit', unit, unitDisplay: 'short' }).format(minutes / length))
    },
    durationTick(milliseconds) {
      if (milliseconds === 0) return '0'
      return milliseconds < 1000
        ? `${number({ maximumFractionDigits: milliseconds < 10 ? 2 : 0 }).format(milliseconds)} ms`
        : `${oneDecimal().format(milliseconds / 1000)} s`
    },
    cost(nanos, currency) {
      if (nanos === null) return NONE
      const amount = nanos / NANOS
      const isSmall = amount !== 0 && Math.abs(amount) < 0.1
      const digits: Intl.NumberFormatOptions = isSmall
        ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 }
        : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
      return number({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...digits }).format(
        amount,
      )
    },
    price(amount, currency) {
      if (amount === null) return NONE
      const digits = { minimumFractionDigits: 2, maximumFractionDigits: 6 }
      return number({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...digits }).format(
        amount,
      )
    },
    time(epochMs, nowMs) {
      const isToday = new Date(epochMs).toDateString() === new Date(nowMs).toDateString()
      return (isToday ? clock : dayAndClock)().format(epochMs)
    },
    ago(epochMs, nowMs) {
      const elapsedMs = Math.max(0, nowMs - epochMs)
      const [unit, unitMs] = AGO_UNITS.find(([, ms]) => elapsedMs >= ms) ?? (['second', 1_000] as const)
      return spaced(relative().format(-Math.floor(elapsedMs / unitMs), unit))
    },
    day: (epochMs) => wholeDay().format(epochMs),
    dateTime: (epochMs) => full().format(epochMs),
    span(fromMs, toMs) {
      const isSameDay = new Date(fromMs).toDateString() === new Date(toMs).toDateString()
      const [whole, brief] = toMs - fromMs < 60_000 ? [dayAndClock, clock] : [dayAndMinute, minute]
      return `${whole().format(fromMs)} – ${(isSameDay ? brief : whole)().format(toMs)}`
    },
    axisTime(epochMs, stepMs) {
      const start = new Date(epochMs)
      const isMidnight = start.getHours() === 0 && start.getMinutes() === 0
      return (stepMs >= DAY_MS || isMidnight ? day : minute)().format(start)
    },
  }
}
