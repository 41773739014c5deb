/** Months by the calendar of the installation, `2026-11`; their texts are in the order of time. */

export const monthAfter = (month: string): string => {
  const [year = 0, which = 0] = month.split('-').map(Number)
  return which === 12 ? `${year + 1}-01` : `${year}-${String(which + 1).padStart(2, '0')}`
}

/** The month that something of `month` is posted into: itself, or the first that is open where it is closed. */
export const openMonth = (month: string, lastClosed: string | undefined): string =>
  lastClosed === undefined || month > lastClosed ? month : monthAfter(lastClosed)
