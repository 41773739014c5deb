import type { Page, ReportKind } from '../../domain/item.ts'

/** Request numbers are ours, and of 32 bits; a station that makes up others answers no request. */
const isRequest = (request: number): boolean => Number.isInteger(request) && Math.abs(request) <= 2_147_483_647

/** The page of a report whose pages have no numbers: the last one says that none follows (2.x `tbc`). */
export const unnumberedPage = (
  report: ReportKind,
  request: number,
  tbc: boolean | undefined,
): { readonly page?: Page; readonly of?: { readonly request: number } } =>
  isRequest(request) ? { page: { report, request, last: tbc !== true }, of: { request } } : {}
