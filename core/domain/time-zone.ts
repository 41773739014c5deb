/**
 * IANA time zones: what a day and an hour are at a place. A zone is kept under the name that it was given, also where that
 * is an old name of another (`Asia/Calcutta`): what an operator wrote is what partners are shown.
 */

/** The name as IANA spells it; undefined for what is no zone. An offset is none: it knows no summer. */
export const timeZone = (text: string): string | undefined => {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(text)) return undefined
  try {
    const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions()
    // some runtimes answer with the zone that an old name stands for, and do not say how that is spelt
    return known.toLowerCase() === text.toLowerCase() || !/^[A-Z]/.test(text) ? known : text
  } catch {
    return undefined
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  formats.set(zone, made)
  return made
}

/** The day by the calendar of a zone, `2026-11-30`; `at` in ms since 1970 UTC. */
export const dayIn = (zone: string, at: number): string => {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  return `${(parts.get('year') ?? '').padStart(4, '0')}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}`
}
