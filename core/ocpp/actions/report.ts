import { accepted, rejected, type Told, unsupported } from '../dialect.ts'

/** Whether a report will come, by the answer to the request for it (GenericDeviceModelStatusEnumType). */
export const byReportStatus = (status: string): Told => {
  if (status === 'Accepted') return accepted()
  if (status === 'EmptyResultSet') return { accepted: true, note: 'there is nothing to report', isAll: true }
  return status === 'NotSupported' ? unsupported(status) : rejected(status)
}
