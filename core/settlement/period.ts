import { monthAfter } from '../domain/month.ts'

/** The month that something of `month` is posted into: itself, or the first that is open where it is closed. */
export const openMonth = (month: string, lastClosed: string | undefined): string =>
  lastClosed === undefined || month > lastClosed ? month : monthAfter(lastClosed)
