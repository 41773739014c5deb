import { shifted } from './units.ts'

/** What a SIM has used on one day, by its provider's calendar and in its provider's megabytes: that is what it charges for. */
export interface UsageDay {
  /** `2026-11-27` */
  readonly day: string
  /** Whole millionths of a megabyte, both ways together. */
  readonly dataMillionths: number
  /** Both ways together. */
  readonly sms: number
}

/** Megabytes as a provider writes them, a text or a number in JSON, as whole millionths; undefined for what is none. */
export const millionthsOfMb = (mb: unknown): number | undefined => {
  if (typeof mb !== 'string' && typeof mb !== 'number') return undefined
  const text = shifted(String(mb), 6)
  // what lies below a millionth was not used
  const whole = Number(text?.split('.')[0] ?? 'none')
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined
}

/** As people read it: `12.5`. */
export const megabytes = (millionths: number): string => shifted(String(millionths), -6) ?? '0'

/** When a day of UTC begins, in ms since 1970. */
export const beginOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)
